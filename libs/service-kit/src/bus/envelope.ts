import type { EventContract, ServiceName } from '@proxbalance/contracts';
import { z } from 'zod';

/** CloudEvents 1.0, structured JSON. Exactly one of `data` and `dataref`. */
export const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string(),
  type: z.string(),
  time: z.string(),
  subject: z.string().optional(),
  datacontenttype: z.string().optional(),
  data: z.unknown().optional(),
  dataref: z.string().optional(),
  traceparent: z.string().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

export type Event<T> = { id: string; type: string; time: string; subject: string | undefined; data: T };

/** Everything but the data. */
export function toEnvelope(
  contract: EventContract,
  meta: {
    id: string;
    source: ServiceName;
    namespace: string;
    subject: string | undefined;
    traceparent: string | undefined;
  },
): Envelope {
  return {
    specversion: '1.0',
    id: meta.id,
    source: `/${meta.namespace}/${meta.source}`,
    type: contract.type,
    time: new Date().toISOString(),
    ...(meta.subject ? { subject: meta.subject } : {}),
    datacontenttype: 'application/json',
    ...(meta.traceparent ? { traceparent: meta.traceparent } : {}),
  };
}

/** The envelope with data that is JSON already: it may be large, and is written once. */
export const envelopeText = (envelope: Envelope, dataText: string): string =>
  `${JSON.stringify(envelope).slice(0, -1)},"data":${dataText}}`;
