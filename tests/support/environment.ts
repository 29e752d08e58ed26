/** Without what the person who runs the tests has set for their own ProxBalance. */
export function neutralEnv(): NodeJS.ProcessEnv {
  const ours = /^(PROXBALANCE|PROXMOX|NATS|REDIS)_/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
