import { parseArgs } from 'node:util';
import { isPveVersion, PVE_VERSIONS, type PveVersion } from './pve-version.ts';

export interface Address {
  host: string;
  port: number;
}

export interface Settings {
  /** `demo`, `generated:NODESxGUESTS` or a file. */
  cluster: string;
  listen: Address;
  control: Address;
  pve: PveVersion | null;
  seed: number;
  speed: number;
  authDelayMs: number;
  caFile: string | null;
  tokenId: string;
  tokenSecret: string | null;
  /** End when stdin does: a pipe of a parent that died is closed. */
  withParent: boolean;
}

export class UsageError extends Error {}

export const USAGE = `usage: node simulator/src/main.ts --cluster demo|generated:NODESxGUESTS|FILE.json
  [--listen 127.0.0.1:0] [--control 127.0.0.1:0] [--pve ${PVE_VERSIONS.join('|')}] [--seed N] [--speed X]
  [--token-id USER@REALM!NAME] [--token-secret UUID] [--ca-file PATH] [--auth-delay-ms N]
  [--with-parent]   end by itself when stdin, a pipe of the parent, is closed`;

const OPTIONS = {
  cluster: { type: 'string' },
  listen: { type: 'string' },
  control: { type: 'string' },
  pve: { type: 'string' },
  seed: { type: 'string' },
  speed: { type: 'string' },
  'auth-delay-ms': { type: 'string' },
  'ca-file': { type: 'string' },
  'token-id': { type: 'string' },
  'token-secret': { type: 'string' },
  'with-parent': { type: 'boolean' },
} as const;

export function readArguments(words: string[]): Settings {
  const given = parse(words);
  if (given.cluster === undefined) throw new UsageError('--cluster is needed: demo, generated:NODESxGUESTS or a file');
  const pve = given.pve ?? null;
  if (pve !== null && !isPveVersion(pve)) throw new UsageError(`--pve must be one of ${PVE_VERSIONS.join(', ')}`);
  const speed = numberIn('--speed', given.speed, 1);
  if (speed <= 0) throw new UsageError('--speed must be above 0');
  const tokenId = given['token-id'] ?? 'proxbalance@pve!main';
  if (!/^[^\s:/@!]+@[^\s:/@!]+![^\s:/@!]+$/.test(tokenId))
    throw new UsageError('--token-id must look like user@realm!name');
  return {
    cluster: given.cluster,
    listen: address('--listen', given.listen),
    control: address('--control', given.control),
    pve,
    seed: Math.floor(numberIn('--seed', given.seed, 1)),
    speed,
    authDelayMs: numberIn('--auth-delay-ms', given['auth-delay-ms'], 3000),
    caFile: given['ca-file'] ?? null,
    tokenId,
    tokenSecret: given['token-secret'] ?? null,
    withParent: given['with-parent'] ?? false,
  };
}

function parse(words: string[]) {
  try {
    return parseArgs({ args: words, options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function numberIn(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new UsageError(`${name} must be a number, not '${text}'`);
  return value;
}

function address(name: string, text = '127.0.0.1:0'): Address {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match?.[1] || port > 65_535) throw new UsageError(`${name} must be HOST:PORT, not '${text}'`);
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}
