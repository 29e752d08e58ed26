import { RefusedError } from '@proxbalance/contracts';
import { type FunctionReport, isProxmoxError, type Proxmox, permissionReport } from '@proxbalance/proxmox';
import { mask } from '@proxbalance/service-kit';
import { proxmoxRefused } from './refusals.ts';

/** One privilege of one function, as the contract has it. */
type Check = { check: string; privilege: string; path: string; ok: boolean; detail: string; grant: string | null };
type TokenWanted = { token_id: string; token_secret: string };
type Token = { id: string; secret: string };

/** Tries a token on the configured hosts: whether they take it, and what it may do. `***` is the secret of the `saved` one. */
export const validateToken =
  (connect: (token: Token) => Proxmox, saved: () => Token) =>
  async ({ token_id: id, token_secret }: TokenWanted): Promise<{ version: string; permissions: Check[] }> => {
    const secret = token_secret === mask ? secretOf(id, saved()) : token_secret;
    const proxmox = connect({ id, secret });
    try {
      const [{ version }, permissions] = await Promise.all([proxmox.version(), proxmox.permissions()]);
      return { version, permissions: toChecks(permissionReport(permissions, id)) };
    } catch (error) {
      if (isProxmoxError(error, 'authentication'))
        throw new RefusedError('token-refused', `Proxmox does not take this token: ${error.reason}`);
      return proxmoxRefused(error);
    } finally {
      await proxmox.close();
    }
  };

function secretOf(id: string, saved: Token): string {
  if (id === saved.id && saved.secret !== '') return saved.secret;
  const message = `must be given: ${mask} is the secret of the saved token, and this is another one`;
  const path = 'proxmox_api_token_secret';
  throw new RefusedError('invalid-input', `${path} ${message}`, [{ path, message }]);
}

export const readPermissions =
  (proxmox: () => Proxmox, tokenId: () => string) => async (): Promise<{ permissions: Check[] }> => {
    const permissions = await proxmox().permissions().catch(proxmoxRefused);
    return { permissions: toChecks(permissionReport(permissions, tokenId())) };
  };

export const toChecks = (report: readonly FunctionReport[]): Check[] =>
  report.flatMap((one) =>
    one.checks.map(({ privilege, path, held, exceptions, grant }) => ({
      check: one.function,
      privilege,
      path,
      ok: held,
      detail: detailOf({ privilege, path, held, exceptions, required: one.required }),
      grant,
    })),
  );

type Finding = { privilege: string; path: string; held: boolean; exceptions: readonly string[]; required: boolean };

function detailOf({ privilege, path, held, exceptions, required }: Finding): string {
  const others = exceptions.length > 0 ? `, ${held ? 'but not' : 'only'} at ${exceptions.join(', ')}` : '';
  if (held) return `${privilege} is held on ${path}${others}`;
  const need = required ? 'the product cannot work fully without it' : 'only this function needs it';
  return `${privilege} is missing on ${path}${others}: ${need}`;
}
