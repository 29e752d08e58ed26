import { setTimeout as delay } from 'node:timers/promises';

/** Tries until `attempt` neither throws nor rejects; its last error when that takes longer than `timeoutMs`. */
export const eventually = async <T>(attempt: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await delay(20);
    }
  }
};
