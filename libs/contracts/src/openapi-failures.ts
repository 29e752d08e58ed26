import { z } from 'zod';
import { type ErrorCode, errorStatus } from './errors.ts';
import type { JsonSchemas } from './json-schema.ts';

type Status = (typeof errorStatus)[ErrorCode];

/** Refusals no route declares, because any request can meet them. */
const alwaysPossible: readonly ErrorCode[] = [
  'invalid-input',
  'not-authenticated',
  'forbidden',
  'method-not-allowed',
  'payload-too-large',
  'unsupported-media-type',
  'too-many-requests',
  'internal',
];

const meaning: Record<Status, string> = {
  400: 'The input is refused; `details` names each place',
  401: 'No identity, or one that is not valid any more',
  403: 'The identity has too low a role',
  404: 'It is not there',
  405: 'The path has no such method',
  409: 'It conflicts with the present state',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'Too many requests',
  500: 'A fault of ours; the log names it under the request id',
  502: 'Proxmox, or another system, said no or could not be reached; its text is in `error`',
  503: 'A dependency or data is missing; `error` names it',
  504: 'Proxmox took too long',
};

const Failure = z
  .object({
    success: z.literal(false),
    error: z.string().describe('One sentence for a person; may be reworded'),
    code: z.enum(Object.keys(errorStatus)).describe('What programs key on'),
    details: z
      .array(z.object({ path: z.string().describe('Dotted path; empty for the whole input'), message: z.string() }))
      .optional(),
  })
  .meta({ id: 'Failure', description: 'Every refusal has this shape' });

export const requestIdHeader = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };

/** The answers for `alwaysPossible`, by code; operations refer to them. */
export const sharedFailures = (schemas: JsonSchemas) =>
  Object.fromEntries(alwaysPossible.map((code) => [code, failure(errorStatus[code], [code], schemas)]));

/** Every refusal of a route, by status, each with the codes it may carry. */
export function failures(errors: readonly ErrorCode[], schemas: JsonSchemas) {
  const byStatus = Object.groupBy(new Set([...alwaysPossible, ...errors]), (code) => errorStatus[code]);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      codes.every((code) => alwaysPossible.includes(code))
        ? { $ref: `#/components/responses/${codes[0]}` }
        : failure(Number(status) as Status, codes, schemas),
    ]),
  );
}

const failure = (status: Status, codes: readonly ErrorCode[], schemas: JsonSchemas) => ({
  description: meaning[status],
  headers: requestIdHeader,
  content: {
    'application/json': { schema: { allOf: [schemas.output(Failure), { properties: { code: { enum: codes } } }] } },
  },
});
