import { expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';
import { seededRandom } from './noise.ts';

const written = (write: (writer: ByteWriter) => void) => {
  const writer = new ByteWriter();
  write(writer);
  return writer.toBuffer().toString();
};

test('whole numbers are written as JSON does', () => {
  const random = seededRandom(1);
  const some = Array.from({ length: 500 }, () => Math.floor(random() * 10 ** Math.floor(random() * 16)));
  const edges = [
    0,
    9,
    10,
    99,
    100,
    999_999_999,
    1e9,
    1e9 + 1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    1e12,
    2 ** 53 - 1,
    -1,
    -1e10,
  ];
  for (const value of [...edges, ...some]) expect(written((writer) => writer.integer(value))).toBe(String(value));
});

test('fractions come back as they were, to nine decimals', () => {
  const random = seededRandom(2);
  const some = Array.from({ length: 500 }, () => Math.round(random() * 1e9) / 1e9);
  for (const value of [0, 1, 0.5, 1e-9, 0.999999999, ...some]) {
    expect(JSON.parse(written((writer) => writer.fraction(value)))).toBe(value);
  }
});

test('the buffer grows', () => {
  const part = Buffer.alloc(50_000, 'x');
  const text = written((writer) => {
    for (let index = 0; index < 5; index += 1) {
      writer.raw(part);
      writer.comma();
      writer.integer(index);
    }
  });
  expect([text.length, text.at(-1)]).toEqual([5 * 50_002, '4']);
});
