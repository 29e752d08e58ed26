import { RefusedError } from '@proxbalance/contracts';
import { pause } from '@proxbalance/service-kit';

/** What work with Redis gives. That it failed, or does not come to an end, is a refusal. */
export async function inTime<T>(work: Promise<T>, maxMs = 8000): Promise<T> {
  const over = new AbortController();
  const late = pause(maxMs, over.signal).then(() => {
    if (!over.signal.aborted) throw new Error(`no answer within ${maxMs} ms`);
    return work;
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError('broker-unavailable', `Redis: ${(error as Error).message}`);
  } finally {
    over.abort();
  }
}
