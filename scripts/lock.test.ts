import { expect, test } from 'vitest';
import { lockFolder } from './lock.ts';

const folder = () => `/nowhere/${process.pid}/${Math.random()}`;

test('a folder in use is refused with the process that uses it', async () => {
  const dir = folder();
  const lock = await lockFolder(dir);
  await expect(lockFolder(dir, 0)).rejects.toThrow(`(process ${process.pid})`);
  await lock.release();
});

test('another folder is another lock', async () => {
  const locks = await Promise.all([lockFolder(folder()), lockFolder(folder())]);
  await Promise.all(locks.map((lock) => lock.release()));
});

test('a holder that is stopping is waited for, beyond the usual patience', async () => {
  const dir = folder();
  const first = await lockFolder(dir);
  first.sayStopping();
  const second = lockFolder(dir, 0);
  await first.release();
  await (await second).release();
});
