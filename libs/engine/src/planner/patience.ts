/** How much more is looked at to find ways from one placement to another, in one plan altogether. */
export type Patience = {
  /** Stopovers of guests that are in the way */
  hops: number;
  /** States of a small cluster gone through one by one */
  states: number;
  /** There was a way that was not looked for to the end */
  gaveUp: boolean;
};

export const newPatience = (): Patience => ({ hops: 30_000, states: 3000, gaveUp: false });
