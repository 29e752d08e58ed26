import { randomUUID } from 'node:crypto';
import { type ErrorCode, errorStatus } from '@proxbalance/contracts';

type Unreadable = Error & { code?: string };
type Answerable = {
  writable: boolean;
  destroyed: boolean;
  end(text: string, done: () => void): unknown;
  destroy(): unknown;
};

/** Answers what is no HTTP at all, or stops half-way, like any other refusal; the connection ends with it. */
export function answerUnreadable(error: Unreadable, socket: Answerable): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code: ErrorCode = 'invalid-input';
  const body = JSON.stringify({ success: false, error: sentences[error.code ?? ''] ?? 'this is not HTTP', code });
  const head = [
    `HTTP/1.1 ${errorStatus[code]} Bad Request`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${randomUUID()}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

const sentences: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'the address and headers are too long: 16 KiB at most',
  ERR_HTTP_REQUEST_TIMEOUT: 'the request did not arrive in time',
};
