import { errorStatus } from '@proxbalance/contracts';
import { expect } from 'vitest';
import { z } from 'zod';

const Refusal = z.looseObject({
  success: z.literal(false),
  error: z.string().min(1),
  code: z.string(),
  details: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

/** The answer as the failure every refusal is: the envelope, with a code that has this status. */
export async function refusal(answer: Response): Promise<z.output<typeof Refusal> & { status: number }> {
  const text = await answer.text();
  expect(answer.headers.get('content-type'), text).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('x-request-id'), text).toBeTruthy();
  const body = Refusal.parse(JSON.parse(text));
  expect(errorStatus[body.code as keyof typeof errorStatus], text).toBe(answer.status);
  return { ...body, status: answer.status };
}
