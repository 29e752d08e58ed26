import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../src/arguments.ts';
import { type Simulator, startSimulator } from '../src/simulator.ts';
import { SMALL_CLUSTER } from './small-cluster.ts';

export interface Reply {
  status: number;
  reason: string;
  headers: Record<string, string | string[] | undefined>;
  raw: Buffer;
  body: { data: unknown; message?: string; errors?: Record<string, string>; total?: number };
}

export interface Client extends AsyncDisposable {
  simulator: Simulator;
  /** Asks a node's API; form body when `form` is given. */
  api(method: string, path: string, options?: AskOptions): Promise<Reply>;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
}

export interface AskOptions {
  node?: string;
  form?: Record<string, string>;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
  agent?: Agent;
  token?: string | null;
  format?: 'json' | 'extjs';
}

/** A whole simulator on free ports, with a client that trusts its CA. */
export async function start(words: string[] = [], cluster: object = SMALL_CLUSTER): Promise<Client> {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-test-'));
  const file = join(folder, 'cluster.json');
  writeFileSync(file, JSON.stringify(cluster));
  const defaults = ['--auth-delay-ms', '10', ...(words.includes('--cluster') ? [] : ['--cluster', file])];
  const simulator = await startSimulator(readArguments([...defaults, ...words])).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  const ca = readFileSync(simulator.ready.ca_file);
  const plain = new Agent({ keepAlive: false });
  const { token_id, token_secret } = simulator.ready;
  const authorization = `PVEAPIToken=${token_id}=${token_secret}`;

  async function api(method: string, path: string, options: AskOptions = {}): Promise<Reply> {
    const base = simulator.ready.nodes[options.node ?? Object.keys(simulator.ready.nodes)[0] ?? ''];
    const { content, type } = contentOf(options);
    const headers: Record<string, string> = { ...(type ? { 'content-type': type } : {}), ...options.headers };
    if (options.token !== null) headers.authorization = options.token ?? authorization;
    if (content !== null && !headers['transfer-encoding'])
      headers['content-length'] = String(Buffer.byteLength(content));
    return send(
      `${base}/api2/${options.format ?? 'json'}${path}`,
      { method, headers, ca, agent: options.agent ?? plain },
      content,
    );
  }

  async function control(method: string, path: string, body?: unknown) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const reply = await fetch(`${simulator.ready.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: text }),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  return { simulator, api, control, [Symbol.asyncDispose]: () => simulator.close() };
}

function contentOf({ form, json, text }: AskOptions): { content: string | null; type: string | null } {
  if (form) return { content: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
  if (json !== undefined) return { content: JSON.stringify(json), type: 'application/json' };
  return { content: text ?? null, type: text === undefined ? null : 'text/plain' };
}

function send(url: string, options: RequestOptions, content: string | null): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const raw = Buffer.concat(chunks);
        const zipped = response.headers['content-encoding'] !== undefined;
        const body = raw.length === 0 || zipped ? { data: null } : JSON.parse(raw.toString());
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers: response.headers,
          raw,
          body,
        });
      });
    });
    sent.on('error', reject);
    sent.end(content ?? undefined);
  });
}
