/** Payloads from here on travel by reference; far below any server's `max_payload`, so streams stay small. */
export const inlineMaxBytes = 64 * 1024;
