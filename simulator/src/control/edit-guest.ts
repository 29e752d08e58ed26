import { FieldReader, InputError } from '../fields.ts';
import type { Guest } from '../guest.ts';
import { isTag, normaliseTags } from '../guest-config.ts';
import { applySizes, powerOn, SIZE_KEYS } from '../pending.ts';
import { isRunning, place } from '../placement.ts';
import type { World } from '../world.ts';

/** Somebody else moves or edits the guest: `{node?, status?, lock?, tags?, config?}`. A null config value deletes the key. */
export function editGuest(world: World, guest: Guest, body: unknown): void {
  const entry = new FieldReader(body, 'guest');
  const node = entry.has('node') ? entry.text('node') : null;
  if (node !== null && !world.nodes.has(node)) throw new InputError(`there is no node ${node}`);
  const status = entry.has('status') ? entry.oneOf('status', ['running', 'stopped'] as const) : null;
  const lock = entry.raw('lock');
  if (lock !== undefined && typeof lock !== 'string' && typeof lock !== 'boolean')
    throw new InputError('guest.lock must be a text');
  const clearsLock = (body as { lock?: unknown }).lock === null || lock === '';
  const tags = entry.has('tags') ? entry.texts('tags') : null;
  const wrong = tags?.find((tag) => !isTag(tag));
  if (wrong !== undefined) throw new InputError(`'${wrong}' is not a tag`);
  const config = Object.entries(entry.fields('config'));
  for (const [key, value] of config) {
    if (value !== null && typeof value !== 'string' && typeof value !== 'number') {
      throw new InputError(`guest.config.${key} must be a text, a number or null`);
    }
  }
  entry.refuseUnknown();
  for (const [key, value] of config) {
    guest.pending.delete(key);
    if (value === null) guest.config.delete(key);
    else if (typeof value === 'string' || typeof value === 'number') guest.config.set(key, value);
  }
  if (config.some(([key]) => SIZE_KEYS.has(key))) applySizes(world, guest);
  if (tags !== null) setTags(guest, tags);
  if (typeof lock === 'string' && lock !== '') guest.lock = lock;
  if (clearsLock) guest.lock = null;
  const running = status === null ? isRunning(guest) : status === 'running';
  const target = node ?? guest.node;
  if (running && !isRunning(guest)) powerOn(world, guest, target);
  else if (target !== guest.node || running !== isRunning(guest)) place(world, guest, target, running);
  world.revision += 1;
}

function setTags(guest: Guest, tags: string[]): void {
  if (tags.length === 0) guest.config.delete('tags');
  else guest.config.set('tags', normaliseTags(tags).join(';'));
}
