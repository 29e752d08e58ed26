import { pause } from '@proxbalance/service-kit';

/** Does `work` a moment after it was first asked for, once for all who ask until then. Ends with `signal`. */
export function soon(
  work: () => Promise<unknown>,
  delayMs: number,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    void pause(delayMs, signal)
      .then(() => {
        isDue = false;
        return signal.aborted ? undefined : work();
      })
      .catch(onError);
  };
}
