import { fileURLToPath } from 'node:url';

/** Compiled once, not once a process: the same few programs are started over and over. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url));

/** Without what the person who runs the tests has set for their own ProxBalance. */
export function neutralEnv(): NodeJS.ProcessEnv {
  const ours = /^(PROXBALANCE|PROXMOX|NATS|REDIS)_/;
  const rest = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(rest), NODE_COMPILE_CACHE };
}
