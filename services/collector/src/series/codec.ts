import type { RawSample, Statistic, Summary } from './fields.ts';

/*
 * Samples as bytes: half-precision floats keep three digits, which is more than the measurements are worth, and let
 * 10 000 guests fit in three quarters of a gigabyte. Little-endian throughout.
 */

const rawHeadBytes = 8;
const halfBytes = 2;
const summaryHeadBytes = 6;
const statisticBytes = 10;
const largestHalf = 65_504;
const largestCount = 65_535;

export const rawBytes = (fields: number): number => rawHeadBytes + fields * halfBytes;
export const summaryBytes = (fields: number): number => summaryHeadBytes + fields * statisticBytes;

export function encodeRaw(samples: readonly RawSample[]): Buffer {
  return encoded(samples, rawBytes(samples[0]?.values.length ?? 0), (view, start, sample) => {
    view.setUint16(start + 6, Math.min(sample.count, largestCount), true);
    for (const [index, value] of sample.values.entries())
      setHalf(view, start + rawHeadBytes + index * halfBytes, value);
  });
}

/** Which records are wanted, by their time; what is not is not decoded. */
export type Wanted = { from: number; to: number };

/** A cut-off last record, as a crash may leave it, is passed over. */
export function decodeRaw(bytes: Buffer, fields: number, wanted: Wanted = always): RawSample[] {
  return decoded(bytes, rawBytes(fields), wanted, (view, start) => {
    const values = new Array<number>(fields);
    for (let index = 0; index < fields; index++)
      values[index] = view.getFloat16(start + rawHeadBytes + index * halfBytes, true);
    return { ...headOf(view, start), count: view.getUint16(start + 6, true), values };
  });
}

export function encodeSummaries(summaries: readonly Summary[]): Buffer {
  return encoded(summaries, summaryBytes(summaries[0]?.statistics.length ?? 0), (view, start, { statistics }) => {
    for (const [index, statistic] of statistics.entries())
      writeStatistic(view, start + summaryHeadBytes + index * statisticBytes, statistic);
  });
}

export function decodeSummaries(bytes: Buffer, fields: number, wanted: Wanted = always): Summary[] {
  return decoded(bytes, summaryBytes(fields), wanted, (view, start) => {
    const statistics = new Array<Statistic | null>(fields);
    for (let index = 0; index < fields; index++)
      statistics[index] = readStatistic(view, start + summaryHeadBytes + index * statisticBytes);
    return { ...headOf(view, start), statistics };
  });
}

/** Of one field of a summary what tells how a guest behaves; `count` is 0 and the rest null where nothing was measured. */
export type FieldRow = { at: number; count: number; avg: number | null; p95: number | null };

/** One field of summaries: a sixth of the work where a sixth is needed. */
export function decodeField(bytes: Buffer, fields: number, field: number, wanted: Wanted = always): FieldRow[] {
  const offset = summaryHeadBytes + field * statisticBytes;
  return decoded(bytes, summaryBytes(fields), wanted, (view, start) => {
    const at = view.getUint32(start, true);
    const count = view.getUint16(start + offset, true);
    if (count === 0) return { at, count, avg: null, p95: null };
    return { at, count, avg: halfOf(view, start + offset, 0), p95: halfOf(view, start + offset, 3) };
  });
}

const always: Wanted = { from: 0, to: Number.POSITIVE_INFINITY };

function writeStatistic(view: DataView, at: number, statistic: Statistic | null): void {
  view.setUint16(at, Math.min(statistic?.count ?? 0, largestCount), true);
  const { avg, min, max, p95 } = statistic ?? nothing;
  setHalf(view, at + 2, avg);
  setHalf(view, at + 4, min);
  setHalf(view, at + 6, max);
  setHalf(view, at + 8, p95);
}

const nothing = { avg: Number.NaN, min: Number.NaN, max: Number.NaN, p95: Number.NaN };

function readStatistic(view: DataView, at: number): Statistic | null {
  const count = view.getUint16(at, true);
  if (count === 0) return null;
  return {
    count,
    avg: halfOf(view, at, 0),
    min: halfOf(view, at, 1),
    max: halfOf(view, at, 2),
    p95: halfOf(view, at, 3),
  };
}

const halfOf = (view: DataView, statistic: number, part: number): number =>
  view.getFloat16(statistic + 2 + part * halfBytes, true);

const headOf = (view: DataView, start: number) => ({
  at: view.getUint32(start, true),
  place: view.getUint16(start + 4, true),
});

/** Records of one length, one after another; `write` adds what follows the head. */
function encoded<T extends { at: number; place: number }>(
  records: readonly T[],
  size: number,
  write: (view: DataView, start: number, record: T) => void,
): Buffer {
  const bytes = Buffer.allocUnsafe(records.length * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [index, record] of records.entries()) {
    view.setUint32(index * size, record.at, true);
    view.setUint16(index * size + 4, record.place, true);
    write(view, index * size, record);
  }
  return bytes;
}

function decoded<T>(bytes: Buffer, size: number, wanted: Wanted, read: (view: DataView, start: number) => T): T[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: T[] = [];
  for (let start = 0; start + size <= bytes.length; start += size) {
    const time = view.getUint32(start, true);
    if (time >= wanted.from && time < wanted.to) found.push(read(view, start));
  }
  return found;
}

/** What is larger than a half-precision float can say is kept at its largest, not turned into infinity. */
function setHalf(view: DataView, at: number, value: number): void {
  view.setFloat16(at, Number.isNaN(value) ? value : Math.min(value, largestHalf), true);
}
