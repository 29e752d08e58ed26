import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSecret, withoutDefault } from '@proxbalance/contracts';
import { z } from 'zod';

/** Encrypts single values (AES-256-GCM, `enc:v1:` + base64 of nonce, tag, ciphertext). */
export type SecretBox = { seal(plain: string): string; open(sealed: string): string };

const prefix = 'enc:v1:';
const nonceBytes = 12;
const tagBytes = 16;

/** 32 bytes, base64: `PROXBALANCE_SECRET_KEY`. */
export const secretKeyText = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64');

/** The key in the data folder, made on first use and readable by its owner alone. */
export function keptSecretKey(dataDir: string): string {
  const path = join(dataDir, 'secret.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return secretKeyText.parse(readFileSync(path, 'utf8').trim());
}

export function secretBox(keyBase64: string): SecretBox {
  const key = Buffer.from(keyBase64, 'base64');
  return {
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return prefix + Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}

/** What stands for a secret on the way out, and for "keep it" on the way in. */
export const mask = '***';

/** Replaces every secret of a document by `change(secret)`; which values are secret, the schema's marks say. */
export function mapSecrets(schema: z.ZodType, value: unknown, change: (secret: unknown) => unknown): unknown {
  if (isSecret(schema)) return isEmpty(value) ? value : change(value);
  const inner = withoutDefault(schema);
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  const shape = inner.shape as Record<string, z.ZodType>;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, shape[key] ? mapSecrets(shape[key], part, change) : part]),
  );
}

/** Secrets that are not plain text are sealed as JSON. */
export const sealSecrets = (schema: z.ZodType, value: unknown, box: SecretBox): unknown =>
  mapSecrets(schema, value, (secret) => box.seal(JSON.stringify(secret)));

/** The reverse; a value that was never sealed stays as it is. */
export const openSecrets = (schema: z.ZodType, value: unknown, box: SecretBox): unknown =>
  mapSecrets(schema, value, (secret) => (isSealed(secret) ? JSON.parse(box.open(secret)) : secret));

/** Text becomes `***`; a map keeps its keys and masks each value. */
export const maskSecrets = (schema: z.ZodType, value: unknown): unknown =>
  mapSecrets(schema, value, (secret) =>
    typeof secret === 'object' && secret !== null
      ? Object.fromEntries(Object.keys(secret).map((key) => [key, mask]))
      : mask,
  );

const isSealed = (value: unknown): value is string => typeof value === 'string' && value.startsWith(prefix);

function isEmpty(value: unknown): boolean {
  if (value === '' || value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
