import { RefusedError } from '@proxbalance/contracts';
import { isProxmoxError, toRefusal } from '@proxbalance/proxmox';

export const invalid = (path: string, message: string): RefusedError =>
  new RefusedError('invalid-input', `${path}: ${message}`, [{ path, message }]);

export function proxmoxRefused(error: unknown): never {
  if (!isProxmoxError(error)) throw error;
  const { code, message, details } = toRefusal(error);
  throw new RefusedError(code, message, details);
}

export function brokerDown(error: unknown): never {
  if (error instanceof RefusedError) throw error;
  throw new RefusedError('broker-unavailable', `Redis: ${(error as Error).message}`);
}
