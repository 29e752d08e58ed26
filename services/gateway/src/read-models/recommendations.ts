import { type Generation, RecommendationsGenerated, RefusedError } from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';
import type { Prepared } from '../http/prepared.ts';
import { keepAnswers } from '../http/prepared-answers.ts';

/** The last generation, and answers made from it once. */
export type RecommendationsModel = {
  /** With the age of its snapshot by now. Throws `no-recommendations` before the first. */
  get(): Generation;
  /** A generation that was asked for here is there at once. */
  put(generation: Generation): void;
  /** The answer called `name`, made by `make` on first use for each generation, and again as its snapshot ages. */
  prepared(name: string, make: (generation: Generation) => unknown): Prepared | Promise<Prepared>;
};

/** How long a generation asked for here waits for its own event before it yields to any other. */
const ownEventMaxMs = 5000;
/** What is said of a snapshot's age is at most so much behind. */
const ageStepSeconds = 10;
/** Filters and pages are many; the last few asked for are the ones asked for again. */
const answersMax = 16;

export function followRecommendations(bus: Pick<Bus, 'observe'>, now: () => number = Date.now): RecommendationsModel {
  let latest: Generation | null = null;
  const answers = keepAnswers(answersMax);
  let asked: { generatedAt: string; at: number } | null = null;
  const show = (generation: Generation) => {
    latest = generation;
    answers.forget();
  };
  bus.observe(RecommendationsGenerated, ({ data }) => {
    // Told before the one asked for here, arrived after it.
    if (asked && data.generated_at < asked.generatedAt && now() - asked.at < ownEventMaxMs) return;
    asked = null;
    show(data);
  });
  let shownAge = 0;
  const aged = (generation: Generation): Generation => {
    const ageSeconds = Math.max(0, (now() - Date.parse(generation.snapshot_collected_at)) / 1000);
    const age = Math.floor(ageSeconds / ageStepSeconds) * ageStepSeconds;
    if (age !== shownAge) answers.forget();
    shownAge = age;
    return { ...generation, snapshot_age_seconds: age };
  };
  const get = () => {
    if (!latest) throw new RefusedError('no-recommendations', 'no recommendations yet');
    return latest;
  };
  return {
    get: () => aged(get()),
    put(generation) {
      asked = { generatedAt: generation.generated_at, at: now() };
      show(generation);
    },
    prepared(name, make) {
      const current = aged(get());
      return answers.of(name, () => make(current));
    },
  };
}
