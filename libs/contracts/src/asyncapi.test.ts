import { expect, test } from 'vitest';
import { asyncApiDocument } from './asyncapi.ts';
import { events } from './events.ts';

const document = asyncApiDocument({ version: '1.2.3' });

test('every event is a channel, an operation and a message', () => {
  const types = events.map(({ type }) => type);
  expect(Object.keys(document.channels)).toEqual(types);
  expect(Object.keys(document.operations)).toEqual(types);
  expect(Object.keys(document.components.messages)).toEqual(types);
});

test('a channel’s address has the namespace open', () => {
  expect(document.channels['migration.completed']).toMatchObject({
    address: '{namespace}.events.migration.completed',
    parameters: { namespace: { $ref: '#/components/parameters/namespace' } },
  });
});

test('the publisher sends', () => {
  expect(document.operations['migration.completed']).toMatchObject({ action: 'send', tags: [{ name: 'migrator' }] });
});

test('a message is a CloudEvent of its type, with the data of its contract', () => {
  expect(document.components.messages['migration.completed']).toMatchObject({
    headers: { required: ['Nats-Msg-Id'] },
    payload: {
      allOf: [
        { $ref: '#/components/schemas/CloudEvent' },
        { properties: { type: { const: 'migration.completed' }, data: { $ref: '#/components/schemas/Migration' } } },
      ],
    },
  });
});

test('exactly one of data and dataref is required', () => {
  expect(document.components.schemas.CloudEvent?.oneOf).toEqual([{ required: ['data'] }, { required: ['dataref'] }]);
});

test('the same contracts give the same text', () => {
  expect(JSON.stringify(asyncApiDocument({ version: '1.2.3' }))).toBe(JSON.stringify(document));
});
