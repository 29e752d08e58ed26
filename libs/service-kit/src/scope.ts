/** Things opened in order and closed in reverse. */
export type Scope = {
  /** Registers what to do at the end; returns the thing, so opening reads in one line. */
  use<T>(thing: T, release: (thing: T) => unknown): T;
  /** Aborted as soon as closing begins: long waits listen to it. */
  readonly signal: AbortSignal;
  /** Releases everything, last first. Goes on after an error and throws the first one at the end. */
  close(): Promise<void>;
};

export function openScope(): Scope {
  const releases: (() => unknown)[] = [];
  const closing = new AbortController();
  let closed: Promise<void> | undefined;
  return {
    signal: closing.signal,
    use(thing, release) {
      releases.push(() => release(thing));
      return thing;
    },
    close() {
      closing.abort();
      closed ??= releaseAll(releases);
      return closed;
    },
  };
}

async function releaseAll(releases: (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const release of releases.reverse()) {
    try {
      await release();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
