import { answer } from '../../src/index.ts';
import { Add } from './contracts.ts';
import type { TestNamespace } from './test-bus.ts';

/** A gateway that asks and a recommender that answers `Add` with `handle`. */
export async function pair(namespace: TestNamespace, handle: Parameters<typeof answer<typeof Add>>[1]) {
  const [asker, answerer] = [await namespace.open('gateway'), await namespace.open('recommender')];
  await answerer.bus.serve([answer(Add, handle)]);
  await answerer.link.connection.flush();
  return { asker, answerer };
}
