import { type Claims, inlineMaxBytes } from './claims.ts';
import { textOf } from './decode.ts';
import type { Msg, MsgHdrs, ServiceMsg } from './nats.ts';
import { packText, unpackText } from './payload.ts';

const claimHeader = 'Proxbalance-Claim';

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
