import { expect, test } from 'vitest';
import { isProxmoxError } from './errors.ts';
import { formatStorageMap, mappedStorage, parseStorageMap, type StorageMap, toOneStorage } from './storage-map.ts';

test.each<[string, StorageMap]>([
  ['1', { kind: 'same' }],
  ['fast', toOneStorage('fast')],
  ['a1:b1,c1:d1', { kind: 'map', storages: { a1: 'b1', c1: 'd1' }, others: null }],
  ['a1:b1,fast', { kind: 'map', storages: { a1: 'b1' }, others: 'fast' }],
])('%s is written and read back', (text, map) => {
  expect(formatStorageMap(map)).toBe(text);
  expect(parseStorageMap(text)).toEqual(map);
});

test('people may use other separators', () => {
  expect(parseStorageMap(' a1:b1; c1:d1  fast ')).toEqual({
    kind: 'map',
    storages: { a1: 'b1', c1: 'd1' },
    others: 'fast',
  });
});

test.each(['', ' ,', '1,a1:b1', 'a1:', ':b1', 'a1:b1:c1', 'a1:b1,a1:c1', 'fast,slow', '9a', 'a b:c', 'a1:b1,1', 'x&y'])(
  "'%s' is none",
  (text) => {
    expect(parseStorageMap(text)).toBeNull();
  },
);

test.each<StorageMap>([
  { kind: 'map', storages: {}, others: null },
  toOneStorage('1'),
  toOneStorage('a,b'),
  { kind: 'map', storages: { 'a:b': 'c1' }, others: null },
])('%j is refused before it is sent', (map) => {
  try {
    formatStorageMap(map);
    expect.unreachable();
  } catch (error) {
    expect(isProxmoxError(error, 'parameter')).toBe(true);
  }
});

test('where a disk ends up', () => {
  const map = parseStorageMap('a1:b1,fast');
  expect(map && [mappedStorage(map, 'a1'), mappedStorage(map, 'constructor')]).toEqual(['b1', 'fast']);
  expect(mappedStorage({ kind: 'map', storages: { a1: 'b1' }, others: null }, 'c1')).toBe('c1');
  expect(mappedStorage({ kind: 'same' }, 'c1')).toBe('c1');
});
