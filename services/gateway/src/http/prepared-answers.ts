import { type Prepared, prepare } from './prepared.ts';

/** Answers made from one state of a read model, each on first use. */
export type PreparedAnswers = {
  /** The answer called `name`, made by `make` unless it is there. */
  of(name: string, make: () => unknown): Prepared | Promise<Prepared>;
  /** The state changed: who asks from now on gets answers made from now on. */
  forget(): void;
};

/** Keeps the `keptMax` asked for last. */
export function keepAnswers(keptMax = Number.POSITIVE_INFINITY): PreparedAnswers {
  let answers = new Map<string, Prepared | Promise<Prepared>>();
  const start = (name: string, make: () => unknown): Promise<Prepared> => {
    const own = answers;
    return prepare(make()).then((prepared) => {
      if (own.has(name)) own.set(name, prepared);
      return prepared;
    });
  };
  return {
    of(name, make) {
      const answer = answers.get(name) ?? start(name, make);
      answers.delete(name);
      answers.set(name, answer);
      const oldest = answers.keys().next();
      if (answers.size > keptMax && !oldest.done) answers.delete(oldest.value);
      return answer;
    },
    forget() {
      answers = new Map();
    },
  };
}
