import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ready } from '../src/simulator.ts';

const MAIN = join(import.meta.dirname, '..', 'src', 'main.ts');

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(words: string[]): { child: ChildProcess; ready: Promise<Ready>; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.endsWith('\n')) resolve(JSON.parse(stdout));
    });
    child.on('exit', () => reject(new Error(`ended before it was ready: ${stderr}`)));
  });
  ready.catch(() => {});
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const finished = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ready, finished };
}

test.each(['SIGTERM', 'SIGINT'] as const)('prints one line, and %s ends it with 0', async (signal) => {
  const { child, ready, finished } = run(['--cluster', 'demo']);
  const line = await ready;
  expect(Object.keys(line)).toEqual(['api', 'nodes', 'control', 'token_id', 'token_secret', 'ca_file', 'fingerprints']);
  expect(Object.keys(line.nodes)).toEqual(['pve1', 'pve2', 'pve3', 'pve4']);
  expect(line.token_secret).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  expect(readFileSync(line.ca_file, 'utf8')).toContain('BEGIN CERTIFICATE');
  child.kill(signal);
  const { code, stdout, stderr } = await finished;
  expect([code, stdout.trim().split('\n').length, stderr]).toEqual([0, 1, '']);
  expect(existsSync(line.ca_file)).toBe(false);
});

test('a signal while it starts ends it with 0 as well', async () => {
  const caFile = join(mkdtempSync(join(tmpdir(), 'simulator-test-')), 'ca.pem');
  const { child, finished } = run(['--cluster', 'generated:16x200', '--ca-file', caFile]);
  // Written before the ports are open and the line is printed.
  await expect.poll(() => existsSync(caFile), { interval: 1, timeout: 10_000 }).toBe(true);
  child.kill('SIGINT');
  const { code, stderr } = await finished;
  expect([code, stderr]).toEqual([0, '']);
});

test('with --with-parent it ends when the pipe of its parent does, without it it stays', async () => {
  const child = spawn(process.execPath, [MAIN, '--cluster', 'demo', '--with-parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdin.end();
  expect(await ended).toBe(0);
  const other = spawn(process.execPath, [MAIN, '--cluster', 'demo'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve) => other.stdout.once('data', (chunk) => resolve(String(chunk))));
  other.stdin.end();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await fetch(`${(JSON.parse(line) as Ready).control}/faults`)).status).toBe(200);
  other.kill();
});

test('the token is the same for the same seed, or the one given', async () => {
  const starts = [
    ['--seed', '7'],
    ['--seed', '7'],
    ['--seed', '8'],
    ['--token-id', 'a@pve!main', '--token-secret', 'abc'],
  ];
  const lines = [];
  for (const words of starts) {
    const { child, ready, finished } = run(['--cluster', 'demo', ...words]);
    lines.push(await ready);
    child.kill();
    await finished;
  }
  expect(lines[0]?.token_secret).toBe(lines[1]?.token_secret);
  expect(lines[0]?.token_secret).not.toBe(lines[2]?.token_secret);
  expect([lines[3]?.token_id, lines[3]?.token_secret]).toEqual(['a@pve!main', 'abc']);
});

test('given a port, node i listens on port + i', async () => {
  const port = await freePorts(4);
  const { child, ready, finished } = run(['--cluster', 'demo', '--listen', `127.0.0.1:${port}`]);
  expect((await ready).api).toEqual([0, 1, 2, 3].map((index) => `https://127.0.0.1:${port + index}`));
  child.kill();
  await finished;
});

test.each([
  [[], '--cluster is needed'],
  [['--cluster', '/no/such/file.json'], 'cannot read the cluster file /no/such/file.json'],
  [['--cluster', 'demo', '--pve', '7'], '--pve must be one of'],
])('%j ends with 2 and says why', async (words, text) => {
  const { code, stdout, stderr } = await run(words).finished;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(text);
});

test('a wrong cluster file ends with 2 and names the field', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'simulator-test-')), 'cluster.json');
  writeFileSync(file, '{"nodes":[{"name":"a"}]}');
  const { code, stderr } = await run(['--cluster', file]).finished;
  expect([code, stderr]).toEqual([2, 'simulator: nodes[0].mem_bytes must be a number\n']);
});

test('a port that is taken ends with 1 and says so', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const { code, stderr } = await run(['--cluster', 'demo', '--listen', `127.0.0.1:${port}`]).finished;
  taken.close();
  expect([code, stderr]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
});

/** The first of `count` free ports in a row, below the range that others draw from. */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const probes = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (probes.every(Boolean)) return first;
  }
  throw new Error('no free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
