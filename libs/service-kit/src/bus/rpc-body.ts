import type { RpcContract } from '@proxbalance/contracts';
import type { Claims } from './claims.ts';
import { textOf } from './decode.ts';
import { inlineMaxBytes } from './inline.ts';
import type { Msg, MsgHdrs, ServiceMsg } from './nats.ts';
import { packData, packText, unpackData, unpackText } from './payload.ts';

const claimHeader = 'Proxbalance-Claim';
/** The body is the value of a good answer, packed entry by entry. */
const packedHeader = 'Proxbalance-Packed';

/** The bytes to send: the text itself, or nothing and a claim in the headers. */
export async function packBody(claims: Claims, head: MsgHdrs, text: string, family: string): Promise<Buffer> {
  const body = Buffer.from(text);
  if (body.length <= inlineMaxBytes) return body;
  head.set(claimHeader, await claims.put(await packText(body), family));
  return Buffer.alloc(0);
}

/** The reverse. It has one reader, so what was claimed is forgotten at once. */
export async function unpackBody(claims: Claims, message: Msg | ServiceMsg): Promise<unknown> {
  const claim = message.headers?.get(claimHeader);
  if (!claim) return JSON.parse(textOf(message.data));
  const text = await unpackText(await claims.get(claim));
  claims.drop(claim);
  return JSON.parse(text);
}

/** An outcome as JSON; or the value of a good one: packed already, or with so many entries that it is better written piece by piece. */
export type Answered = string | { value: object } | { packed: Buffer };

/** Like `packBody`, for the answer to a question. */
export async function packAnswer(
  claims: Claims,
  head: MsgHdrs,
  { reply }: RpcContract,
  answered: Answered,
  family: string,
): Promise<Buffer> {
  if (typeof answered === 'string') return packBody(claims, head, answered, family);
  const packed = 'packed' in answered ? answered.packed : await packData(reply, answered.value);
  head.set(packedHeader, 'value');
  if (packed.length <= inlineMaxBytes) return packed;
  head.set(claimHeader, await claims.put(packed, family));
  return Buffer.alloc(0);
}

/** The reverse. `isChecked`: the value was held against the contract already, and is what that made of it. */
export async function unpackAnswer(
  claims: Claims,
  { reply }: RpcContract,
  message: Msg | ServiceMsg,
): Promise<{ outcome: unknown; isChecked: boolean }> {
  if (!message.headers?.has(packedHeader)) return { outcome: await unpackBody(claims, message), isChecked: false };
  const claim = message.headers.get(claimHeader);
  const packed = claim ? await claims.get(claim) : Buffer.from(message.data);
  if (claim) claims.drop(claim);
  return { outcome: { ok: true, value: await unpackData(reply, packed) }, isChecked: true };
}
