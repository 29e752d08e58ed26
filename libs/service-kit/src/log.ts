import { type Logger, pino } from 'pino';
import { currentContext } from './context.ts';
import { currentTraceId } from './trace.ts';

export type Log = Logger;

const secretKeys = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'tokenSecret',
  'apiKey',
  'x-api-key',
  'proxmox_api_token_secret',
];

/** JSON lines, pretty on a terminal. Secrets are censored by name down to three levels; ids of the current work ride along. */
export function openLog(options: { level: string; service: string }): Log {
  return pino({
    level: options.level,
    base: { service: options.service },
    redact: { paths: secretKeys.flatMap((key) => redactPaths(key)), censor: '***' },
    mixin: () => ({ ...currentContext(), ...traceField() }),
    ...(process.stdout.isTTY ? { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } } : {}),
  });
}

function redactPaths(key: string): string[] {
  const name = /^\w+$/.test(key) ? `.${key}` : `["${key}"]`;
  return [name.replace(/^\./, ''), `*${name}`, `*.*${name}`];
}

function traceField(): { trace_id?: string } {
  const traceId = currentTraceId();
  return traceId ? { trace_id: traceId } : {};
}
