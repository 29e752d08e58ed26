import { expect, test } from 'vitest';
import { createSlots } from './slots.ts';

test('places are handed out in order, each once', async () => {
  const slots = createSlots(1);
  const first = await slots.acquire(10);
  const order: string[] = [];
  const second = slots.acquire(1_000).finally(() => order.push('second'));
  const third = slots.acquire(1_000).finally(() => order.push('third'));
  first?.();
  first?.();
  (await second)?.();
  (await third)?.();
  expect(order).toEqual(['second', 'third']);
  expect(await slots.acquire(10)).not.toBeNull();
  expect(await slots.acquire(10)).toBeNull();
});

test('who gives up waiting does not take a place with him', async () => {
  const slots = createSlots(1);
  const release = await slots.acquire(10);
  expect(await slots.acquire(1)).toBeNull();
  release?.();
  expect(await slots.acquire(10)).not.toBeNull();
});
