import type { Ticket } from '../decode/ticket.ts';
import { isProxmoxError, type ProxmoxError } from '../errors.ts';
import { authorization, type ProxmoxAuth } from '../options.ts';

/** What one call shows to be let in. `csrf` goes along with everything but GET; `secrets` must be in no error. */
export type Pass = { headers: Record<string, string>; csrf: string | null; secrets: string[] };

export type Session = {
  /** The pass to ask with; logs in first where there is none. Throws `ProxmoxError`. */
  pass: (deadline: number) => Promise<Pass>;
  /** The newest pass, without asking anybody. */
  current: () => Pass;
  /** A host did not take this pass. Whether a new one may do. */
  refused: (pass: Pass) => boolean;
};

/** Proxmox takes a ticket for 2 hours. Renewed beside the calls after the first time, waited for after the second. */
const RENEW_AFTER_MS = 90 * 60_000;
const LAPSED_AFTER_MS = 115 * 60_000;
/** A password that was refused is not tried again for this long: directories lock accounts for that. */
const REFUSED_FOR_MS = 30_000;

/** Throws a `TypeError` for an `auth` that cannot be used, without repeating its secret. */
export const createSession = (
  auth: ProxmoxAuth,
  logIn: (username: string, password: string, deadline: number) => Promise<Ticket>,
): Session => {
  if (auth.kind === 'token') return tokenSession(auth.tokenId, auth.tokenSecret);
  const { username, password } = auth;
  if (!/^[^\s:/]+@[A-Za-z][A-Za-z0-9._-]+$/.test(username)) {
    throw new TypeError('the Proxmox user must look like user@realm');
  }
  if (password === '') throw new TypeError('the Proxmox password is empty');
  return ticketSession((deadline) => logIn(username, password, deadline), Date.now);
};

const tokenSession = (tokenId: string, tokenSecret: string): Session => {
  const pass = {
    headers: { authorization: authorization(tokenId, tokenSecret) },
    csrf: null,
    secrets: [tokenSecret],
  };
  return { pass: () => Promise.resolve(pass), current: () => pass, refused: () => false };
};

/** Nobody in particular. */
const STRANGER: Pass = { headers: {}, csrf: null, secrets: [] };

/** Holds one ticket for all calls, made by one login at a time. */
export const ticketSession = (logIn: (deadline: number) => Promise<Ticket>, now: () => number): Session => {
  let held: { pass: Pass; since: number } | null = null;
  let refusal: { error: ProxmoxError; until: number } | null = null;
  let running: Promise<Pass> | null = null;

  const attempt = async (deadline: number): Promise<Pass> => {
    const since = now();
    try {
      const pass = toPass(await logIn(deadline));
      held = { pass, since };
      refusal = null;
      return pass;
    } catch (error) {
      if (isProxmoxError(error, 'authentication')) refusal = { error, until: now() + REFUSED_FOR_MS };
      throw error;
    } finally {
      running = null;
    }
  };
  const renew = (deadline: number): Promise<Pass> => {
    if (refusal !== null && now() < refusal.until) return Promise.reject(refusal.error);
    running ??= attempt(deadline);
    return running;
  };

  return {
    pass: (deadline) => {
      const age = held === null ? Number.POSITIVE_INFINITY : now() - held.since;
      if (held === null || age >= LAPSED_AFTER_MS) return renew(deadline);
      // The ticket is good for a while yet: that it could not be renewed is told when it is not.
      if (age >= RENEW_AFTER_MS) renew(deadline).catch(() => {});
      return Promise.resolve(held.pass);
    },
    current: () => held?.pass ?? STRANGER,
    refused: (pass) => {
      if (held?.pass === pass) held = null;
      return true;
    },
  };
};

const toPass = ({ ticket, csrf }: Ticket): Pass => ({
  headers: { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` },
  csrf,
  secrets: [ticket, csrf],
});
