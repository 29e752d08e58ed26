import type { IncomingMessage } from 'node:http';
import { ApiError } from './errors.ts';
import type { RawValues } from './validate.ts';

const BODY_BYTES_MAX = 524_288;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

export function refuseTransferEncoding(request: IncomingMessage): void {
  const encoding = request.headers['transfer-encoding'];
  if (encoding?.toLowerCase() === 'chunked') refuse(501, 'chunked transfer encoding not supported');
  if (encoding !== undefined) refuse(501, `Unknown transfer encoding '${encoding}'`);
}

/** Form or JSON body for POST and PUT, then the query, which wins; everything else is refused as Proxmox does. */
export async function readParameters(request: IncomingMessage, url: URL): Promise<RawValues> {
  const raw: RawValues = new Map();
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > 0) await readBody(request, length, raw);
  for (const [name, value] of joined(url.searchParams)) raw.set(name, value);
  // Browsers add it against caches.
  raw.delete('_dc');
  return raw;
}

async function readBody(request: IncomingMessage, length: number, raw: RawValues): Promise<void> {
  if (request.method === 'GET' || request.method === 'DELETE') {
    refuse(501, `Unexpected content for method '${request.method}'`);
  }
  if (length > BODY_BYTES_MAX) refuse(501, 'for data too large');
  const type = (request.headers['content-type'] ?? '').split(/[;,]/)[0]?.trim() ?? '';
  if (type !== '' && type !== FORM && type !== JSON_TYPE) {
    refuse(506, `upload 'Content-Type '${request.headers['content-type']}' not implemented`);
  }
  const body = await readAll(request);
  const entries = type === JSON_TYPE ? Object.entries(readObject(body)) : joined(new URLSearchParams(body));
  for (const [name, value] of entries) raw.set(name, value);
}

/** A name given twice becomes one text, separated by NUL, as CGI does. */
function joined(given: URLSearchParams): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of given) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}\0${value}`);
  }
  return found;
}

/** The server itself refuses, before any formatter: no body. */
function refuse(status: number, reason: string): never {
  throw new ApiError(status, reason, { empty: true });
}

function readObject(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The answer below says it.
  }
  return refuse(501, 'malformed JSON string, neither tag, array, object, number, string or atom');
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
