import { z } from 'zod';

/** A success answer in the reference's envelope. */
export const ok = <S extends z.ZodRawShape>(shape: S) => z.object({ success: z.literal(true), ...shape });
export const data = <T extends z.ZodType>(schema: T) => ok({ data: schema });

/** Parts of what was read that may come back with it: nothing is done with them. */
export const asRead = <N extends string>(...names: N[]) =>
  Object.fromEntries(names.map((name) => [name, z.unknown().optional().describe('As it was read; ignored')])) as Record<
    N,
    z.ZodOptional<z.ZodUnknown>
  >;

/** A whole number as it arrives in a query. */
export const wholeNumber = (max: number, description: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(0).max(max))
    .describe(description);

/** Why something that needs Proxmox may not be possible now. */
export const proxmox = [
  'proxmox-error',
  'proxmox-unreachable',
  'proxmox-timeout',
  'proxmox-not-configured',
  'service-unavailable',
  'broker-unavailable',
] as const;
