import { expect, test } from 'vitest';
import { openScope } from './scope.ts';

test('what was opened last is released first, each before the next', async () => {
  const scope = openScope();
  const steps: string[] = [];
  for (const name of ['connection', 'bus', 'routes']) {
    const same = scope.use(name, async (it) => {
      steps.push(`${it} closing`);
      await Promise.resolve();
      steps.push(`${it} closed`);
    });
    expect(same).toBe(name);
  }
  await scope.close();
  expect(steps).toEqual(['routes', 'bus', 'connection'].flatMap((it) => [`${it} closing`, `${it} closed`]));
});

test('the signal aborts before anything is released', async () => {
  const scope = openScope();
  let sawSignal = false;
  scope.use(null, () => {
    sawSignal = scope.signal.aborted;
  });
  expect(scope.signal.aborted).toBe(false);
  await scope.close();
  expect(sawSignal).toBe(true);
});

test('an error keeps nothing else open, and the first one is thrown at the end', async () => {
  const scope = openScope();
  const released: number[] = [];
  scope.use(1, (it) => void released.push(it));
  scope.use(2, () => Promise.reject(new Error('second to fail')));
  scope.use(3, () => {
    throw new Error('first to fail');
  });
  scope.use(4, (it) => void released.push(it));
  await expect(scope.close()).rejects.toThrow('first to fail');
  expect(released).toEqual([4, 1]);
});

test('closing twice releases once, and both wait for the end', async () => {
  const scope = openScope();
  let count = 0;
  scope.use(null, async () => {
    await Promise.resolve();
    count++;
  });
  await Promise.all([scope.close(), scope.close()]);
  expect(count).toBe(1);
});
