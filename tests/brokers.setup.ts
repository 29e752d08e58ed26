import type { TestProject } from 'vitest/node';
import { startNats, startRedis } from './support/brokers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    natsUrl: string;
    redisUrl: string;
  }
}

/** Throw-away brokers for one project's whole run. Tests share them: each keeps to a namespace of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const brokers = await Promise.all([startNats(), startRedis()]);
  const [nats, redis] = brokers;
  project.provide('natsUrl', nats.url);
  project.provide('redisUrl', redis.url);
  return async () => {
    await Promise.all(brokers.map((broker) => broker[Symbol.asyncDispose]()));
  };
}
