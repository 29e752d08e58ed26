import type { TagStyle } from './guest-config.ts';
import { splitList } from './lists.ts';
import type { World } from './world.ts';

/** Options whose property strings come back parsed. */
const PARSED = new Set([
  'crs',
  'migration',
  'ha',
  'tag-style',
  'user-tag-access',
  'next-id',
  'notify',
  'replication',
  'u2f',
  'webauthn',
]);
/** What everybody may read. */
const PUBLIC = new Set(['console', 'tag-style', 'allowed-tags']);

export function readOptions(world: World, full: boolean): Record<string, unknown> {
  const found: Record<string, unknown> = { 'allowed-tags': allowedTags(world) };
  for (const [key, value] of [...DEFAULTS, ...world.options]) {
    if (!full && !PUBLIC.has(key)) continue;
    if (key === 'registered-tags') found[key] = value.split(';');
    else if (key === 'max_workers' || key === 'migration_unsecure') found[key] = Number(value);
    else found[key] = PARSED.has(key) ? parse(key, value) : value;
  }
  return found;
}

/** PUT takes property strings; `delete` is a list of keys. */
export function writeOptions(world: World, values: Record<string, string | number>): void {
  for (const [key, value] of Object.entries(values)) {
    if (key === 'delete') for (const name of splitList(String(value))) world.options.delete(name);
    else world.options.set(key, String(value));
  }
}

export function crsMode(world: World): string {
  return /(?:^|,)ha=(\w+)/.exec(world.options.get('crs') ?? '')?.[1] ?? 'basic';
}

/** What becomes of HA services when their node is shut down. */
export function shutdownPolicy(world: World): string {
  return (
    /(?:^|,)(?:shutdown_policy=)?(freeze|failover|conditional|migrate)/.exec(world.options.get('ha') ?? '')?.[1] ??
    'conditional'
  );
}

export function tagStyle(world: World): TagStyle {
  const style = world.options.get('tag-style') ?? '';
  return { caseSensitive: /(?:^|,)case-sensitive=1/.test(style), keepOrder: /(?:^|,)ordering=config/.test(style) };
}

const DEFAULTS: [string, string][] = [
  ['keyboard', 'en-us'],
  ['mac_prefix', 'BC:24:11'],
];

function parse(key: string, text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const part of text.split(',')) {
    const [name = '', ...rest] = part.split('=');
    const value = rest.join('=');
    if (name === 'user-allow-list') found[name] = value.split(';');
    else found[name] = key !== 'next-id' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return found;
}

function allowedTags(world: World): string[] {
  const access = parse('user-tag-access', world.options.get('user-tag-access') ?? '');
  const listed = Array.isArray(access['user-allow-list']) ? access['user-allow-list'] : [];
  return [...new Set([...listed, ...(world.options.get('registered-tags') ?? '').split(';')])]
    .filter((tag) => tag !== '')
    .sort();
}
