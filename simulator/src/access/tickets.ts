import { createHmac, timingSafeEqual } from 'node:crypto';
import type { World } from '../world.ts';

/** Tickets and CSRF tokens live two hours, and may come from a clock that is five minutes ahead. */
const LIFE_S = 7_200;
const AHEAD_S = 300;

/** `PVE:user@realm:66F9A2B1::signature`, what the cookie PVEAuthCookie holds. */
export function makeTicket(world: World, userId: string): string {
  const plain = `PVE:${userId}:${nowHex(world)}`;
  return `${plain}::${sign(world, plain)}`;
}

/** The user of a ticket that is genuine and of the last two hours. */
export function userOfTicket(world: World, ticket: string): string | null {
  const [, plain = '', userId = '', stamp = '', signature = ''] =
    /^(PVE:([^:]+):([0-9A-F]{8}))::(.+)$/.exec(ticket) ?? [];
  return isFresh(world, stamp) && sameText(sign(world, plain), signature) ? userId : null;
}

/** What the header CSRFPreventionToken must say when something is written with a ticket. */
export function makeCsrfToken(world: World, userId: string): string {
  const stamp = nowHex(world);
  return `${stamp}:${sign(world, `${stamp}:${userId}`)}`;
}

export function isCsrfToken(world: World, userId: string, text: string): boolean {
  const [, stamp = '', signature = ''] = /^([0-9A-F]{8}):(.+)$/.exec(text) ?? [];
  return isFresh(world, stamp) && sameText(sign(world, `${stamp}:${userId}`), signature);
}

export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function isFresh(world: World, stamp: string): boolean {
  const ageS = world.clock.nowMs() / 1000 - Number.parseInt(stamp, 16);
  return ageS > -AHEAD_S && ageS < LIFE_S;
}

function nowHex(world: World): string {
  return Math.floor(world.clock.nowMs() / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');
}

function sign(world: World, text: string): string {
  return createHmac('sha256', world.ticketKey).update(text).digest('base64').replace(/=+$/, '');
}
