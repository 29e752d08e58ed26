import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureUser } from './access/file.ts';
import { newToken, ROOT, userIdOf } from './access/identity.ts';
import { DEFAULT_ROLE } from './access/roles.ts';
import { createApiServer } from './api/http.ts';
import { type Settings, UsageError } from './arguments.ts';
import { createAuthority } from './certificates.ts';
import { createClock } from './clock.ts';
import { readWorld } from './cluster-file.ts';
import { createControlServer } from './control/server.ts';
import { demoCluster } from './demo/cluster.ts';
import { InputError } from './fields.ts';
import { generateCluster } from './generate.ts';
import { listen, stopListening } from './listening.ts';
import { createRequestLog } from './request-log.ts';
import type { World } from './world.ts';

/** The one line on stdout. */
export interface Ready {
  api: string[];
  nodes: Record<string, string>;
  control: string;
  token_id: string;
  token_secret: string;
  ca_file: string;
  fingerprints: Record<string, string>;
}

export interface Simulator {
  ready: Ready;
  world: World;
  close(): Promise<void>;
}

/** Reads the cluster, makes the certificates, opens one HTTPS listener a node and the control server. */
export async function startSimulator(settings: Settings): Promise<Simulator> {
  const warn = (message: string) => void process.stderr.write(`simulator: ${message}\n`);
  const clock = createClock(Date.now(), settings.speed);
  const world = readWorld(loadCluster(settings), { clock, seed: settings.seed, pve: settings.pve, warn });
  const secret = addDefaultToken(world, settings);
  const authority = await createAuthority([...world.nodes.keys()], settings.listen.host);
  const caFile = settings.caFile ?? join(mkdtempSync(join(tmpdir(), 'proxbalance-simulator-')), 'ca.pem');
  writeFileSync(caFile, authority.ca.cert);
  const log = createRequestLog();
  const closers: (() => Promise<void>)[] = [];
  const nodes: Record<string, string> = {};
  const close = async () => {
    clock.close();
    await Promise.all(closers.map((stop) => stop()));
    if (settings.caFile === null) rmSync(dirname(caFile), { recursive: true, force: true });
  };
  try {
    let index = 0;
    for (const node of world.nodes.values()) {
      const certificate = authority.leafs.get(node.name) ?? authority.ca;
      const { fingerprints } = authority;
      const door = createApiServer({
        world,
        node,
        certificate,
        fingerprints,
        log,
        authDelayMs: settings.authDelayMs,
      });
      closers.push(door.close);
      const { host, port } = settings.listen;
      nodes[node.name] = `https://${await listen(door.server, host, port === 0 ? 0 : port + index)}`;
      index += 1;
    }
    const control = createControlServer({ world, seed: settings.seed, log });
    closers.push(() => stopListening(control));
    const controlUrl = `http://${await listen(control, settings.control.host, settings.control.port)}`;
    const ready: Ready = {
      api: Object.values(nodes),
      nodes,
      control: controlUrl,
      token_id: settings.tokenId,
      token_secret: secret,
      ca_file: caFile,
      fingerprints: authority.fingerprints,
    };
    return { ready, world, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function loadCluster({ cluster, seed }: Settings): unknown {
  if (cluster === 'demo') return demoCluster();
  const generated = /^generated:(\d+)x(\d+)$/.exec(cluster);
  if (generated) return generateCluster({ nodes: Number(generated[1]), guests: Number(generated[2]), seed });
  let text: string;
  try {
    text = readFileSync(cluster, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the cluster file ${cluster}: ${error instanceof Error ? error.message : error}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${cluster} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The same seed gives the same secret, so a restart keeps the credentials. A token of the cluster file wins. The secret
 * is also the password of root@pam, unless the file gives another.
 */
function addDefaultToken(world: World, settings: Settings): string {
  const secret = world.tokens.get(settings.tokenId)?.secret ?? settings.tokenSecret ?? derivedSecret(settings);
  if (!world.tokens.has(settings.tokenId)) {
    const acl = [{ path: '/', role: DEFAULT_ROLE, propagate: true }];
    ensureUser(world, userIdOf(settings.tokenId));
    world.tokens.set(settings.tokenId, newToken(settings.tokenId, secret, { acl }));
  }
  const root = world.users.get(ROOT);
  if (root) root.password ??= secret;
  return secret;
}

function derivedSecret(settings: Settings): string {
  const hex = createHash('sha256').update(`token/${settings.tokenId}/${settings.seed}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
