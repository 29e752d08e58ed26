/** A notification as people read it: a title, one fact a line, and how urgent it is. */
export type Message = {
  title: string;
  body: string;
  priority: 'low' | 'normal' | 'high' | 'emergency';
  /** The event it came from. */
  event: { id: string; type: string; time: string };
};
