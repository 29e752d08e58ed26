import { timingSafeEqual } from 'node:crypto';
import type { Token, World } from '../world.ts';

/** The token of the request, or the reason phrase of the 401. */
export function authenticate(world: World, authorization: string | undefined): Token | string {
  const given = /^PVEAPIToken[= ]([^;]+)/.exec(decodeHeader(authorization ?? ''))?.[1];
  if (given === undefined) return 'No ticket';
  // The last `=` separates: ids may hold one.
  const cut = given.lastIndexOf('=');
  const token = world.tokens.get(given.slice(0, cut));
  if (!token || !sameText(token.secret, given.slice(cut + 1))) return 'Authentication failed!';
  if (token.expireS !== 0 && token.expireS * 1000 <= world.clock.nowMs()) return 'Authentication failed!';
  return token;
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
