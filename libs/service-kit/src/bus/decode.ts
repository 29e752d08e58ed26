import type { DataOf, EventContract } from '@proxbalance/contracts';
import type { Claims } from './claims.ts';
import { Envelope, type Event } from './envelope.ts';
import { MalformedPayloadError, unpackData } from './payload.ts';

/** A message that can never be handled, by anyone. */
export class MalformedMessageError extends Error {
  override name = 'MalformedMessageError';
}

/** The event in a message, its payload fetched when it travels by claim check. Readers share large data: it is not to be changed. */
export async function decodeEvent<C extends EventContract>(
  claims: Claims,
  contract: C,
  bytes: Uint8Array,
): Promise<Event<DataOf<C>>> {
  const envelope = decodeEnvelope(bytes);
  const data = envelope.dataref ? await claimed(claims, contract, envelope.dataref) : inline(contract, envelope);
  return {
    id: envelope.id,
    type: envelope.type,
    time: envelope.time,
    subject: envelope.subject,
    data: data as DataOf<C>,
  };
}

function inline(contract: EventContract, { id, data }: Envelope): unknown {
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) throw new MalformedMessageError(`${contract.type} ${id}: ${parsed.error.message}`);
  return parsed.data;
}

async function claimed(claims: Claims, { type, schema }: EventContract, claim: string): Promise<unknown> {
  try {
    return await claims.shared(claim, type, (packed) => unpackData(schema, packed));
  } catch (error) {
    if (!(error instanceof MalformedPayloadError)) throw error;
    throw new MalformedMessageError(`${type} ${claim}: ${error.message}`);
  }
}

export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const parsed = Envelope.safeParse(parseJson(bytes));
  if (!parsed.success) throw new MalformedMessageError(`not a CloudEvent: ${parsed.error.message}`);
  return parsed.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    throw new MalformedMessageError(`not JSON: ${(error as Error).message}`);
  }
}

/** Without a copy of the bytes: payloads may have megabytes. */
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
