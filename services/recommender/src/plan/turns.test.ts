import { expect, test } from 'vitest';
import { openTurns } from './turns.ts';

const busy = expect.objectContaining({ code: 'too-many-requests' });

test('one after another, in the order of asking', async () => {
  const turns = openTurns({ waitingMax: 2, waitMaxMs: 60_000 });
  const order: string[] = [];
  const work = async (name: string) => {
    const end = await turns.take();
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
    end();
    end();
  };
  await Promise.all([work('a'), work('b'), work('c')]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('who would be one too many is refused at once; later there is room again', async () => {
  const turns = openTurns({ waitingMax: 1, waitMaxMs: 60_000 });
  const end = await turns.take();
  const second = turns.take();
  await expect(turns.take()).rejects.toEqual(busy);
  end();
  (await second)();
  (await turns.take())();
});

test('who waited long enough is refused, and nobody else loses a turn by it', async () => {
  const turns = openTurns({ waitingMax: 2, waitMaxMs: 20 });
  const end = await turns.take();
  await expect(turns.take()).rejects.toEqual(busy);
  const next = turns.take();
  end();
  (await next)();
});

test('who does not wait any more makes room for others', async () => {
  const turns = openTurns({ waitingMax: 1, waitMaxMs: 60_000 });
  const gone = new AbortController();
  const end = await turns.take();
  const waiting = turns.take(gone.signal);
  gone.abort();
  await expect(waiting).rejects.toEqual(busy);
  const next = turns.take();
  end();
  (await next)();
});
