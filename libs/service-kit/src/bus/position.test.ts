import { expect, test } from 'vitest';
import { DeliverPolicy, type StreamInfo } from './nats.ts';
import { openPosition, startAt } from './position.ts';

const streamMadeAt = (created: string) => ({ created }) as StreamInfo;
const one = streamMadeAt('2026-01-01T00:00:00Z');
const another = streamMadeAt('2026-01-02T00:00:00Z');
const first = async () => startAt(7);
const never = () => Promise.reject(new Error('only asked once'));

test('begins where it is told, and there again while nothing was read', async () => {
  const position = openPosition();
  expect(await position.start(one, first)).toEqual(startAt(7));
  expect(await position.start(one, never)).toEqual(startAt(7));
});

test('goes on behind what was read', async () => {
  const position = openPosition();
  await position.start(one, first);
  position.passed(9);
  expect(await position.start(one, never)).toEqual(startAt(10));
});

test('reads a stream it does not know from its beginning, and then goes on in that one', async () => {
  const position = openPosition();
  await position.start(one, first);
  position.passed(9);
  expect(await position.start(another, never)).toEqual(startAt(1));
  position.passed(2);
  expect(await position.start(another, never)).toEqual(startAt(3));
});

test('a beginning that is no sequence holds until something was read', async () => {
  const position = openPosition();
  const newest = async () => ({ deliver_policy: DeliverPolicy.New });
  expect(await position.start(one, newest)).toEqual({ deliver_policy: DeliverPolicy.New });
  expect(await position.start(one, newest)).toEqual({ deliver_policy: DeliverPolicy.New });
  position.passed(1);
  expect(await position.start(one, newest)).toEqual(startAt(2));
});

test('a start that could not be found out is asked for again', async () => {
  const position = openPosition();
  await expect(position.start(one, never)).rejects.toThrow();
  expect(await position.start(one, first)).toEqual(startAt(7));
});
