import { expect, test } from 'vitest';
import { commonFeatures, type Features, features, parseVersion } from './features.ts';

test.each([
  ['9.2.2', { major: 9, minor: 2 }],
  ['8.4-1', { major: 8, minor: 4 }],
  ['pve-manager/9.1.10/b9984c6d90a4bd80', { major: 9, minor: 1 }],
  ['10', { major: 10, minor: 0 }],
  ['nine', null],
  ['', null],
])('version %j', (text, expected) => {
  expect(parseVersion(text)).toEqual(expected);
});

const of = (text: string): Features => features(parseVersion(text) ?? { major: 0, minor: 0 });
const known = (set: Features) => Object.entries(set).flatMap(([name, has]) => (has ? [name] : []));

test.each([
  ['8.2', []],
  ['8.4', ['metricsExport']],
  ['9.0', ['conntrackState', 'haRules', 'pressure', 'metricsExport']],
  ['9.1', ['conntrackState', 'containerPreconditions', 'haRules', 'pressure', 'metricsExport']],
  ['9.2', ['conntrackState', 'containerPreconditions', 'haRules', 'pressure', 'metricsExport', 'autoRebalance']],
  ['10.0', ['conntrackState', 'containerPreconditions', 'haRules', 'pressure', 'metricsExport', 'autoRebalance']],
])('what %s knows', (version, expected) => {
  expect(known(of(version))).toEqual(expected);
});

test('two nodes know together what the older one knows, whichever comes first', () => {
  expect(commonFeatures(of('9.2'), of('8.4'))).toEqual(of('8.4'));
  expect(commonFeatures(of('9.0'), of('9.2'))).toEqual(of('9.0'));
});
