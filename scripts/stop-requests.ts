/** Ctrl-C reaches us once from the terminal and again from npm; a person's second one comes later than that. */
const sameRequestMs = 700;

export interface StopRequests {
  /** Resolves with the first request. */
  requested: Promise<void>;
  signal: AbortSignal;
  /** Stops listening, so that the process can end. */
  end(): void;
}

/**
 * Ctrl-C, SIGTERM and a closed terminal ask for an orderly stop; so does the end of the process that started us, which
 * may have been killed without a chance to say so. Asking again means now.
 */
export function stopRequests({ onSecond }: { onSecond: () => void }): StopRequests {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const request = () => {
    if (firstAt !== undefined && Date.now() - firstAt > sameRequestMs) onSecond();
    firstAt ??= Date.now();
    controller.abort(new Error('Asked to stop.'));
    resolve();
  };

  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, request);
  const starter = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    request();
  }, 500);
  return {
    requested: promise,
    signal: controller.signal,
    end: () => {
      clearInterval(watch);
      for (const name of signals) process.off(name, request);
    },
  };
}
