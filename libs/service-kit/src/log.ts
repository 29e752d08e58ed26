import { type DestinationStream, type Logger, pino } from 'pino';
import { censored } from './censor.ts';
import { currentContext } from './context.ts';
import { currentTraceId } from './trace.ts';

export type Log = Logger;

/** JSON lines, pretty on a terminal. Secrets are censored by name; ids of the current work ride along. */
export function openLog(options: { level: string; service: string }, to?: DestinationStream): Log {
  const settings = {
    level: options.level,
    base: { service: options.service },
    formatters: { log: censored },
    // `censored` has made plain text of errors already.
    serializers: { err: (error: unknown) => error },
    mixin: () => ({ ...currentContext(), ...traceField() }),
  };
  if (to) return withCensoredChildren(pino(settings, to));
  if (!process.stdout.isTTY) return withCensoredChildren(pino(settings));
  const transport = { target: 'pino-pretty', options: { ignore: 'pid,hostname' } };
  return withCensoredChildren(pino({ ...settings, transport }));
}

/** pino's own formatters leave out what is bound to a child. */
function withCensoredChildren(log: Log): Log {
  const open = log.child;
  log.child = function (this: Log, bindings: Record<string, unknown>) {
    return open.call(this, censored(bindings));
  } as Log['child'];
  return log;
}

function traceField(): { trace_id?: string } {
  const traceId = currentTraceId();
  return traceId ? { trace_id: traceId } : {};
}
