import { RefusedError } from '@proxbalance/contracts';
import { isProxmoxError, toRefusal } from '@proxbalance/proxmox';

/** What Proxmox did not want or could not do, as a refusal; anything else goes on as it is. */
export function proxmoxRefused(error: unknown): never {
  if (!isProxmoxError(error)) throw error;
  const { code, message, details } = toRefusal(error);
  throw new RefusedError(code, message, details);
}

export function brokerDown(error: unknown): never {
  if (error instanceof RefusedError) throw error;
  throw new RefusedError('broker-unavailable', `Redis: ${(error as Error).message}`);
}
