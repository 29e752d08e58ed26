import { type ErrorCode, RefusedError } from '@proxbalance/contracts';
import { Counted } from './contracts.ts';
import type { TestService } from './test-bus.ts';

export type Kind = 'subscriber' | 'observer';

/** Collects the numbers that come by, in order. */
export async function read(kind: Kind, { bus }: TestService, got: number[]): Promise<void> {
  const handler = async ({ data }: { data: { n: number } }) => void got.push(data.n);
  if (kind === 'subscriber') await bus.subscribe(Counted, handler);
  else bus.observe(Counted, handler);
}

/** `ok`, or the code of the refusal. */
export const publish = (service: TestService, n: number): Promise<'ok' | ErrorCode> =>
  service.bus.publish(Counted, { n }, { id: `count-${n}` }).then(
    () => 'ok' as const,
    (error: unknown) => {
      if (error instanceof RefusedError) return error.code;
      throw error;
    },
  );
