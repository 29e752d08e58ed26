import { pino } from 'pino';

/** Names whose values never leave, in any spelling: `apiKey`, `x-api-key`, `PROXMOX_TOKEN_SECRET`, `Set-Cookie`. */
const secretName = /(authorization|cookie|password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key)$/i;
const depthMax = 8;

/** A copy to be logged, with `***` for whatever bears the name of a secret, at any depth. */
export const censored = (fields: Record<string, unknown>): Record<string, unknown> =>
  censor(fields, 0) as Record<string, unknown>;

function censor(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return censor(plainError(value), depth);
  if (hasOwnText(value)) return value;
  if (depth === depthMax) return '…';
  if (Array.isArray(value)) return value.map((item) => censor(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, isSecret(name, part) ? '***' : censor(part, depth + 1)]),
  );
}

const isSecret = (name: string, value: unknown): boolean =>
  secretName.test(name) && value !== null && value !== undefined && value !== '' && typeof value !== 'boolean';

/** Dates, URLs and the like say themselves how they are written. */
const hasOwnText = (value: object): boolean => 'toJSON' in value && typeof value.toJSON === 'function';

/** Redis errors carry the command they answer, password of an AUTH included. */
function plainError(error: Error): object {
  const { command, raw: _raw, ...rest } = pino.stdSerializers.err(error) as unknown as Record<string, unknown>;
  const name = (command as { name?: unknown } | undefined)?.name;
  return { ...rest, ...(name === undefined ? {} : { command: name }) };
}
