import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SMALL_CLUSTER } from './small-cluster.ts';
import { start } from './start.ts';

/** A client written by others, long before this simulator: Debian's python3-proxmoxer 1.2 on requests. */
const SCRIPT = join(import.meta.dirname, 'proxmoxer.py');
const PYTHON = '/usr/bin/python3';
const INSTALL_MS = 300_000;

const ready = hasProxmoxer() || (process.getuid?.() === 0 && install() && hasProxmoxer());
if (!ready) process.stderr.write('SKIPPED: a third-party client: python3-proxmoxer is not installed\n');

test.skipIf(!ready).each(['9.2', '8.4'])('proxmoxer reads, moves, tags, fails and logs in on %s', async (pve) => {
  await using client = await start(['--speed', '60', '--pve', pve], {
    ...SMALL_CLUSTER,
    nodes: [...SMALL_CLUSTER.nodes, { name: 'pve4', cores: 8, mem_bytes: 2 ** 36, status: 'offline' }],
    tokens: [{ id: 'auditor@pve!ro', secret: 's', roles: { '/': 'PVEAuditor' } }],
  });
  const { token_id, token_secret, ca_file, api } = client.simulator.ready;
  const port = Number(new URL(api[0] ?? '').port);
  const { output, errors } = await runPython({ token_id, token_secret, ca_file, port });
  expect(errors).toBe('');
  const nine = pve === '9.2';
  expect(JSON.parse(output)).toEqual({
    version: pve,
    resources: 9 + 4 + 6 + 4,
    rrd: nine ? 60 : 70,
    task: 'OK',
    log_end: 'TASK OK',
    moved_to: 'pve2',
    tags: 'a;b',
    tags_after: null,
    wish: 'OK',
    ha_moved: true,
    ha_answer: nine ? { sid: 'vm:104', 'requested-node': 'pve1' } : null,
    refusals: {
      400: { status: 400, text: '400 Bad Request: Parameter verification failed.' },
      401: { status: 401, text: expect.stringContaining(nine ? 'Authentication failed!' : 'invalid token value!') },
      403: { status: 403, text: '403 Forbidden: Permission check failed (/vms/101, VM.Migrate)' },
      500: { status: 500, text: "500 Internal Server Error: can't migrate running VM without --online" },
      501: { status: 501, text: "501 Not Implemented: Method 'GET /nodes/pve1/nothing' not implemented" },
      595: { status: 595, text: expect.stringContaining('No route to host') },
    },
    by_password: pve,
    description: 'written with a ticket and its CSRF token',
    by_ticket: pve,
    wrong_password: "Couldn't authenticate user",
    made: pve,
  });
});

function runPython(input: object): Promise<{ output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    child.on('close', () => resolve({ output, errors }));
    child.stdin.end(JSON.stringify(input));
  });
}

function hasProxmoxer(): boolean {
  return existsSync(PYTHON) && succeeds(PYTHON, ['-c', 'import proxmoxer, requests']);
}

/** From Debian's own archive; without a network it says so by failing. */
function install(): boolean {
  const options = [
    'install',
    '-y',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    'python3-proxmoxer',
    'python3-requests',
  ];
  return succeeds('apt-get', options) || (succeeds('apt-get', ['update']) && succeeds('apt-get', options));
}

function succeeds(program: string, words: string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore', timeout: INSTALL_MS });
    return true;
  } catch {
    return false;
  }
}
