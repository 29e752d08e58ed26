import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ApiError } from './errors.ts';
import type { Answer } from './route.ts';
import type { Format } from './target.ts';

const GZIP_FROM_BYTES = 1024;

export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  format: Format | null,
): void {
  const zip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const ready = format === 'extjs' ? undefined : answer.ready;
  const body = ready?.body ?? Buffer.from(bodyOf(answer, format));
  const zipped = zip && body.length > GZIP_FROM_BYTES;
  const sent = zipped ? (ready?.zipped() ?? gzipSync(body, { level: 1 })) : body;
  setHeaders(response);
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', sent.length);
  response.writeHead(200, 'OK');
  response.end(sent);
}

/** The reason phrase is the first line of the message: old clients see nothing else. */
export function sendError(response: ServerResponse, error: unknown, format: Format | null): void {
  const known =
    error instanceof ApiError ? error : new ApiError(500, `internal error of the simulator: ${String(error)}`);
  if (!(error instanceof ApiError))
    process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
  if (response.destroyed) return;
  const { status, empty, errors } = known;
  const message = known.message.endsWith('\n') ? known.message : `${known.message}\n`;
  const wrapped = format === 'extjs' && !empty;
  const content = { data: null, message, ...(errors ? { errors } : {}), ...(wrapped ? { status, success: 0 } : {}) };
  const body = empty ? '' : JSON.stringify(content);
  setHeaders(response);
  if (!wrapped) response.setHeader('Connection', 'close');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(wrapped ? 200 : status, wrapped ? 'OK' : reasonPhrase(known.message, status));
  response.end(body);
}

function bodyOf(answer: Answer, format: Format | null): string {
  const data = answer.ready ? JSON.parse(answer.ready.body.toString()).data : (answer.data ?? null);
  const total = answer.total ? { total: answer.total } : {};
  return JSON.stringify({ data, ...total, ...(format === 'extjs' ? { success: 1 } : {}) });
}

function setHeaders(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'max-age=0');
  response.setHeader('Pragma', 'no-cache');
  response.setHeader('Server', 'pve-api-daemon/3.0');
  response.setHeader('Content-Type', 'application/json;charset=UTF-8');
  response.setHeader('Expires', new Date().toUTCString());
}

/** Only what may stand in a status line. */
function reasonPhrase(message: string, status: number): string {
  const line = (message.split('\n')[0] ?? '').replace(/[^\t\x20-\x7e]/g, '?');
  return line === '' ? (STATUS_CODES[status] ?? 'Unknown') : line;
}
