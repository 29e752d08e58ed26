import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeField, decodeRaw, decodeSummaries, encodeRaw, encodeSummaries, rawBytes } from './codec.ts';

const measured = fc.oneof(fc.double({ min: 0, max: 60_000, noNaN: true }), fc.constant(NaN));
const close = (a: number, b: number) =>
  Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= Math.max(1e-6, Math.abs(a) / 1000);

describe('samples as bytes', () => {
  test('whatever was measured comes back to three digits, and what is missing stays missing', () => {
    fc.assert(
      fc.property(fc.array(measured, { minLength: 6, maxLength: 6 }), fc.nat(65_535), (values, place) => {
        const bytes = encodeRaw([{ at: 1_795_000_000, place, count: 30, values }]);
        const [back] = decodeRaw(bytes, 6);
        expect(back).toMatchObject({ at: 1_795_000_000, place, count: 30 });
        expect(back?.values.every((value, index) => close(values[index] ?? 0, value))).toBe(true);
      }),
    );
  });

  test('a record that a crash cut off is passed over, the ones before it are read', () => {
    const whole = encodeRaw([{ at: 300, place: 1, count: 1, values: [1, 2] }]);
    expect(decodeRaw(Buffer.concat([whole, whole.subarray(0, 5)]), 2)).toHaveLength(1);
    expect(whole).toHaveLength(rawBytes(2));
  });

  test('a summary keeps a statistic for each field, and none where nothing was measured', () => {
    const statistic = { count: 12, avg: 40.5, min: 1, max: 99, p95: 97 };
    const [back] = decodeSummaries(encodeSummaries([{ at: 3600, place: 2, statistics: [statistic, null] }]), 2);
    expect(back?.statistics[0]).toMatchObject({ count: 12, avg: 40.5, min: 1, max: 99, p95: 97 });
    expect(back?.statistics[1]).toBeNull();
  });

  test('a value beyond what half precision can say is kept at its largest', () => {
    const [back] = decodeRaw(encodeRaw([{ at: 0, place: 0, count: 1, values: [1e9] }]), 1);
    expect(back?.values[0]).toBe(65_504);
  });

  test('of one field there is what a profile needs, and nothing where nothing was measured', () => {
    const statistic = { count: 12, avg: 40.5, min: 1, max: 99, p95: 97 };
    const records = [3600, 7200].map((at) => ({ at, place: 2, statistics: [null, at === 3600 ? statistic : null] }));
    const bytes = encodeSummaries(records);
    expect(decodeField(bytes, 2, 1)).toEqual([
      { at: 3600, count: 12, avg: 40.5, p95: 97 },
      { at: 7200, count: 0, avg: null, p95: null },
    ]);
    expect(decodeField(bytes, 2, 1, { from: 7200, to: 10_800 })).toHaveLength(1);
  });
});
