import type { IncomingMessage } from 'node:http';
import { ApiError, wrongParameters } from './errors.ts';
import type { RawValues } from './validate.ts';

const BODY_BYTES_MAX = 524_288;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** Query parameters for GET and DELETE, form or JSON body for POST and PUT; everything else is refused as Proxmox does. */
export async function readParameters(request: IncomingMessage, url: URL): Promise<RawValues> {
  const raw: RawValues = new Map();
  for (const [name, value] of url.searchParams) raw.set(name, value);
  if (request.headers['transfer-encoding'] !== undefined)
    throw new ApiError(501, 'chunked transfer encoding not supported');
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0) return raw;
  if (request.method === 'GET' || request.method === 'DELETE') {
    throw new ApiError(501, `Unexpected content for method '${request.method}'`);
  }
  if (length > BODY_BYTES_MAX) throw new ApiError(501, 'for data too large');
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== FORM && type !== JSON_TYPE) throw new ApiError(506, `upload '${type}' not supported`);
  const body = await readAll(request);
  if (type === FORM) for (const [name, value] of new URLSearchParams(body)) raw.set(name, value);
  else for (const [name, value] of Object.entries(readObject(body))) raw.set(name, value);
  return raw;
}

function readObject(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The answer below says it.
  }
  return wrongParameters({ body: 'malformed JSON object' });
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
