import { Ticket } from '../decode/ticket.ts';
import { ProxmoxError } from '../errors.ts';
import { type Answered, decode } from './answer.ts';
import { buildCall, type Call } from './call.ts';
import type { Pass } from './session.ts';

type AskHosts = (call: Call, pass: Pass, deadline: number) => Promise<Answered>;

/** Gets a ticket for a password. Kind `authentication` when Proxmox wants none of it, or a second factor as well. */
export const createLogIn =
  (askHosts: AskHosts) =>
  async (username: string, password: string, deadline: number): Promise<Ticket> => {
    const call = buildCall('POST', '/access/ticket', { username, password });
    const answered = await askHosts(call, { headers: {}, csrf: null, secrets: [password] }, deadline);
    const ticket = decode(Ticket, answered);
    if (!ticket.needsSecondFactor) return ticket;
    const reason = `the account ${username} asks for a second factor: use an API token`;
    throw new ProxmoxError({ ...answered.origin, kind: 'authentication', reason });
  };
