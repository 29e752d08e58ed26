import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Keeps the process small: the heap grows by a third over what lives in it, not to a multiple of it, before it is cleaned.
 * A snapshot of a large cluster is tens of megabytes that are thrown away every few seconds; left alone, V8 would keep
 * several of them. What lives is known from the first cleaning on, so there is one now.
 */
export const keepHeapSmall = (): void => {
  setFlagsFromString('--heap-growing-percent=30');
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
};

/**
 * The space of young objects stays as large as it is now; left alone it grows to 128 MB. For a process that works in short
 * bursts and waits in between: it pays with some milliseconds a burst. One that is busy all the time would pay for good.
 */
export const keepYoungSpaceSmall = (): void => setFlagsFromString('--semi-space-growth-factor=1');
