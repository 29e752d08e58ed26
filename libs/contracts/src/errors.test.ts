import { expect, test } from 'vitest';
import { type ErrorCode, errorStatus, RefusedError } from './errors.ts';

const codes = Object.keys(errorStatus) as ErrorCode[];

test('a code is kebab-case', () => {
  expect(codes.filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
});

test('every refusal leaves by a status the API promises, and every promised status has a code', () => {
  const promised = [400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503, 504];
  expect([...new Set(Object.values(errorStatus))].sort()).toEqual(promised);
});

test('a thrown refusal travels as its code, sentence and details', () => {
  const details = [{ path: 'vmid', message: 'must be a guest id' }];
  expect(new RefusedError('invalid-input', 'The input is refused', details).toRefusal()).toEqual({
    code: 'invalid-input',
    message: 'The input is refused',
    details,
  });
});

test('a refusal without details has no such key', () => {
  expect(Object.keys(new RefusedError('conflict', 'Somebody was faster').toRefusal())).toEqual(['code', 'message']);
});
