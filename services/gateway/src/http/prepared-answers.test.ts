import { expect, test } from 'vitest';
import { keepAnswers } from './prepared-answers.ts';

test('an answer is made once until it is forgotten, also for those who ask while it is made', async () => {
  const answers = keepAnswers();
  let count = 0;
  const ask = () => answers.of('a', () => ({ count: ++count }));
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(first).toBe(second);
  expect(ask()).toBe(first);
  answers.forget();
  const third = await ask();
  expect([third.etag === first?.etag, count]).toEqual([false, 2]);
});

test('one that is being made when its state ends is not given to who asks after', async () => {
  const answers = keepAnswers();
  const old = answers.of('a', () => 'old');
  answers.forget();
  expect((await answers.of('a', () => 'new')).body.toString()).toBe('"new"');
  expect((await old).body.toString()).toBe('"old"');
  expect((await answers.of('a', () => 'never')).body.toString()).toBe('"new"');
});

test('one that can’t be made is tried again', async () => {
  const answers = keepAnswers();
  const fail = () => {
    throw new Error('no');
  };
  expect(() => answers.of('a', fail)).toThrow('no');
  expect((await answers.of('a', () => 1)).body.toString()).toBe('1');
});

test('only the last few asked for are kept', async () => {
  const answers = keepAnswers(2);
  let made = '';
  const ask = (name: string) =>
    answers.of(name, () => {
      made += name;
    });
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(name);
  expect(made).toBe('abcb');
});
