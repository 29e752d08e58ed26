import { event } from '@proxbalance/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { decodeEnvelope, decodeEvent, MalformedMessageError } from './decode.ts';
import { envelopeText, toEnvelope } from './envelope.ts';
import { packText } from './payload.ts';

const Anything = event('test.anything', { publisher: 'collector', summary: '', schema: z.unknown() });
const noClaims = {
  put: () => Promise.reject(new Error('not here')),
  get: (claim: string) => packText(JSON.stringify({ from: claim })),
  shared: async (claim: string, _family: string, read: (packed: Buffer) => Promise<unknown>) =>
    read(await noClaims.get(claim)),
  drop: () => undefined,
};
const meta = { id: '1', source: 'collector', namespace: 'pve', subject: '101', traceparent: '00-a-b-01' } as const;

test('law: whatever data goes in comes out again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (data) => {
      const text = envelopeText(toEnvelope(Anything, meta), JSON.stringify(data));
      expect(JSON.parse(text).data).toEqual(JSON.parse(JSON.stringify(data)));
      const event = await decodeEvent(noClaims, Anything, Buffer.from(text));
      expect(event).toMatchObject({ id: '1', type: 'test.anything', subject: '101' });
      expect(event.data).toEqual(JSON.parse(JSON.stringify(data)));
    }),
  );
});

test('what has neither subject nor trace does not speak of them', () => {
  const envelope = toEnvelope(Anything, { ...meta, subject: undefined, traceparent: undefined });
  expect(Object.keys(envelope)).toEqual(['specversion', 'id', 'source', 'type', 'time', 'datacontenttype']);
});

test('data that travels by reference is fetched', async () => {
  const text = JSON.stringify({ ...toEnvelope(Anything, meta), dataref: 'claim-1' });
  expect((await decodeEvent(noClaims, Anything, Buffer.from(text))).data).toEqual({ from: 'claim-1' });
});

test('fields we do not know are let through: others may extend their envelopes', () => {
  const text = envelopeText({ ...toEnvelope(Anything, meta), partition: 3 }, '1');
  expect(decodeEnvelope(Buffer.from(text))).toMatchObject({ partition: 3 });
});

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['no object', '[]'],
  ['another version', '{"specversion":"0.3","id":"1","source":"/","type":"t","time":""}'],
  ['no id', '{"specversion":"1.0","id":"","source":"/","type":"t","time":""}'],
])('%s is malformed', (_name, text) => {
  expect(() => decodeEnvelope(Buffer.from(text))).toThrow(MalformedMessageError);
});
