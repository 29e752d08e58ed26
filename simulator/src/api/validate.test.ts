import { describe, expect, test } from 'vitest';
import { ApiError } from './errors.ts';
import { PARAMETERS } from './parameters/all.ts';
import { validate } from './validate.ts';

const MIGRATE = PARAMETERS['POST /nodes/{node}/qemu/{vmid}/migrate'] ?? {};
const path = { node: 'pve1', vmid: '100' };

function errorsOf(values: Record<string, unknown>, pve: '9.2' | '8.4' = '9.2') {
  try {
    validate(MIGRATE, new Map(Object.entries({ ...path, ...values })), pve);
    return {};
  } catch (error) {
    return error instanceof ApiError ? error.errors : null;
  }
}

describe('messages are those of PVE::JSONSchema', () => {
  const undefinedProperty = 'property is not defined in schema and the schema does not allow additional properties';
  test.each([
    ['a missing parameter', {}, { target: 'property is missing and it is not optional' }],
    ['an unknown one', { target: 'pve2', colour: 'red' }, { colour: undefinedProperty }],
    ['a word as boolean', { target: 'pve2', online: 'true' }, { online: "type check ('boolean') failed - got 'true'" }],
    ['a word as integer', { target: 'pve2', bwlimit: 'abc' }, { bwlimit: "type check ('integer') failed - got 'abc'" }],
    ['too small a number', { target: 'pve2', bwlimit: '-1' }, { bwlimit: 'value must have a minimum value of 0' }],
    [
      'a word outside the list',
      { target: 'pve2', migration_type: 'fast' },
      { migration_type: "value 'fast' does not have a value in the enumeration 'secure, insecure'" },
    ],
    ['no node name', { target: '-x-' }, { target: 'invalid format - value does not look like a valid node name' }],
    [
      'two at once',
      { online: '2' },
      { online: "type check ('boolean') failed - got '2'", target: 'property is missing and it is not optional' },
    ],
  ])('%s', (_, values, errors) => expect(errorsOf(values)).toEqual(errors));

  test('a PVE 9 parameter is unknown to PVE 8', () => {
    expect(errorsOf({ target: 'pve2', 'with-conntrack-state': '1' }, '9.2')).toEqual({});
    expect(errorsOf({ target: 'pve2', 'with-conntrack-state': '1' }, '8.4')).toEqual({
      'with-conntrack-state': undefinedProperty,
    });
  });
});

test('JSON booleans pass and become 0 and 1', () => {
  const values = validate(
    MIGRATE,
    new Map<string, unknown>(Object.entries({ ...path, target: 'pve2', online: true })),
    '9.2',
  );
  expect(values).toEqual({ node: 'pve1', vmid: 100, target: 'pve2', online: 1 });
});

test('numbered config keys are known by their pattern', () => {
  const config = PARAMETERS['PUT /nodes/{node}/qemu/{vmid}/config'] ?? {};
  expect(validate(config, new Map(Object.entries({ ...path, scsi12: 'x', tags: 'a' })), '9.2')).toMatchObject({
    scsi12: 'x',
  });
  expect(() => validate(config, new Map(Object.entries({ ...path, scsi: 'x' })), '9.2')).toThrow(ApiError);
});
