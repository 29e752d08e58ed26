/** A number of places, handed out first come, first served. */
export type Slots = {
  /** Gives a function that frees the place, or null when none became free within `ms`. */
  acquire: (ms: number) => Promise<(() => void) | null>;
};

/** `limit` places. */
export const createSlots = (limit: number): Slots => {
  let free = limit;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  const acquire = (ms: number): Promise<(() => void) | null> => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve(once(release));
    }
    return new Promise((resolve) => {
      const grant = () => {
        clearTimeout(timer);
        resolve(once(release));
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(grant), 1);
        resolve(null);
      }, ms);
      waiting.push(grant);
    });
  };
  return { acquire };
};

const once = (action: () => void): (() => void) => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
};
