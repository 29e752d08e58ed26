import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type Identity, newUser } from '../access/identity.ts';
import type { Certificate } from '../certificates.ts';
import { type Fault, findFault, hasFault, matchesRequest, strike } from '../faults.ts';
import type { RequestLog } from '../request-log.ts';
import type { Node, World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { ApiError, notImplemented } from './errors.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';
import { readParameters, refuseTransferEncoding } from './request-body.ts';
import type { Answer } from './route.ts';
import { perform } from './router.ts';
import { sendAnswer, sendError } from './send.ts';
import { readTarget, type Target } from './target.ts';

export interface ApiOptions {
  world: World;
  node: Node;
  certificate: Certificate;
  fingerprints: Record<string, string>;
  log: RequestLog;
  authDelayMs: number;
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);
/** Longer headers get no answer at all: the connection is dropped. */
const HEADER_LINES_MAX = 62;
const HEADER_BYTES_MAX = 8_192;
const NOBODY: Identity = newUser('');

/** The HTTPS side of one node. It answers for the whole cluster, as every pveproxy does. */
export function createApiServer(options: ApiOptions): FrontDoor {
  const { certificate, node } = options;
  const server = createServer({ key: certificate.key, cert: certificate.cert, keepAliveTimeout: 5_000 });
  server.maxRequestsPerSocket = 100;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(options, request, response));
  return openFrontDoor(server, () => node.downSinceMs === null);
}

async function serve(options: ApiOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, node, log } = options;
  const target = readTarget(request);
  response.on(
    'close',
    log.begin(request.socket.localPort ?? 0, target.method, target.match?.route.path ?? target.path),
  );
  response.on('error', () => {});
  const isDown = () => node.downSinceMs !== null;
  const cut = strike(world, 'connection-reset', (fault) => matchesRequest(fault, target.method, target.path));
  if (isDown() || cut || isTooLong(request)) return void request.socket.destroy();
  if (hasFault(world, 'node-hangs', (fault) => fault.node === node.name)) return hang(options, request);
  try {
    const answer = await answerTo(options, request, target);
    // The node may have died of what was asked of it.
    if (isDown()) return void request.socket.destroy();
    sendAnswer(request, response, answer, target.format);
  } catch (error) {
    if (error instanceof ApiError && error.late) await pause(options.authDelayMs);
    if (error instanceof ApiError && error.afterMs > 0) await virtualPause(world, error.afterMs);
    sendError(response, error, target.format);
  }
}

/** In the order of the real server: method, path, identity, body, and then what perform() does. */
async function answerTo(options: ApiOptions, request: IncomingMessage, target: Target): Promise<Answer> {
  const { world, node, fingerprints } = options;
  const { method, path, match } = target;
  const aimedAtThis = (fault: Fault) => matchesRequest(fault, method, path);
  const slow = findFault(world, 'api-latency', aimedAtThis);
  if (slow) await pause(slow.ms);
  if (!METHODS.has(method)) throw new ApiError(501, `method '${method}' not available`, { empty: true });
  refuseTransferEncoding(request);
  if (target.format === null) throw new ApiError(501, target.problem, { empty: true });
  const who = match?.route.open ? NOBODY : authenticate(world, method, request.headers, node.pve);
  const raw = await readParameters(request, target.url);
  const broken = strike(world, 'api-error', aimedAtThis);
  if (broken)
    throw new ApiError(broken.status, broken.message, { empty: broken.status === 401 || broken.status > 590 });
  if (!match) return notImplemented(method, path);
  return perform(match, { world, who, answering: node, fingerprints }, raw);
}

/** The daemons of the node accept connections and then say nothing, until the fault ends. */
function hang({ world, node }: ApiOptions, request: IncomingMessage): void {
  const look = setInterval(() => {
    if (hasFault(world, 'node-hangs', (fault) => fault.node === node.name)) return;
    clearInterval(look);
    request.socket.destroy();
  }, 50).unref();
  request.socket.once('close', () => clearInterval(look));
}

function isTooLong(request: IncomingMessage): boolean {
  const { rawHeaders } = request;
  if (rawHeaders.length / 2 > HEADER_LINES_MAX) return true;
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length, rawHeaders.length);
  return bytes > HEADER_BYTES_MAX;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function virtualPause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => void world.clock.at(world.clock.nowMs() + ms, resolve));
}
