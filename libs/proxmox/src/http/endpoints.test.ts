import { expect, test } from 'vitest';
import { createEndpoint, dueForProbe, inOrder, markBad, markGood } from './endpoints.ts';

const endpoint = (host: string) => createEndpoint({ host, port: 8006 }, () => {}, 1);
const names = (endpoints: { name: string }[]) => endpoints.map(({ name }) => name.split(':')[0]);

test('good hosts come in configured order, then the bad ones by whose turn is next', () => {
  const [a, b, c, d] = [endpoint('a'), endpoint('b'), endpoint('c'), endpoint('d')];
  markBad(a, 'x', 1_000);
  markBad(c, 'x', 0);
  expect(names(inOrder([a, b, c, d]))).toEqual(['b', 'd', 'c', 'a']);
  markGood(a);
  expect(names(inOrder([a, b, c, d]))).toEqual(['a', 'b', 'd', 'c']);
});

test('the back-off doubles from 2 s to 60 s, and failures within it do not lengthen it', () => {
  const host = endpoint('a');
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
    const now = host.retryAt;
    markBad(host, 'x', now);
    markBad(host, 'y', now + 1);
    return (host.retryAt - now) / 1000;
  });
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
  markGood(host);
  expect(host).toMatchObject({ failures: 0, problem: null });
});

test('a bad host is probed when its back-off is over, as long as another one serves the calls', () => {
  const [a, b] = [endpoint('a'), endpoint('b')];
  markBad(a, 'x', 0);
  expect(dueForProbe([a, b], 1_999)).toEqual([]);
  expect(names(dueForProbe([a, b], 2_000))).toEqual(['a']);
  markBad(b, 'x', 0);
  expect(dueForProbe([a, b], 2_000)).toEqual([]);
});
