import type { RawSample, Statistic, Summary } from './fields.ts';

/*
 * Samples as bytes: half-precision floats keep three digits, which is more than the measurements are worth, and let
 * 10 000 guests fit in half a gigabyte. Little-endian throughout.
 */

const rawHeadBytes = 8;
const halfBytes = 2;
const summaryHeadBytes = 6;
const statisticBytes = 10;
const largestHalf = 65_504;

export const rawBytes = (fields: number): number => rawHeadBytes + fields * halfBytes;
export const summaryBytes = (fields: number): number => summaryHeadBytes + fields * statisticBytes;

export function encodeRaw(sample: RawSample): Buffer {
  const view = new DataView(new ArrayBuffer(rawBytes(sample.values.length)));
  view.setUint32(0, sample.at, true);
  view.setUint16(4, sample.place, true);
  view.setUint16(6, Math.min(sample.count, 65_535), true);
  sample.values.forEach((value, index) => {
    setHalf(view, rawHeadBytes + index * halfBytes, value);
  });
  return Buffer.from(view.buffer);
}

/** Which records are wanted, by their time; what is not is not decoded. */
export type Wanted = { from: number; to: number };

/** A cut-off last record, as a crash may leave it, is passed over. */
export function decodeRaw(bytes: Buffer, fields: number, wanted: Wanted = always): RawSample[] {
  return records(bytes, rawBytes(fields), wanted, (view) => ({
    at: view.getUint32(0, true),
    place: view.getUint16(4, true),
    count: view.getUint16(6, true),
    values: Array.from({ length: fields }, (_, index) => view.getFloat16(rawHeadBytes + index * halfBytes, true)),
  }));
}

export function encodeSummary(summary: Summary): Buffer {
  const view = new DataView(new ArrayBuffer(summaryBytes(summary.statistics.length)));
  view.setUint32(0, summary.at, true);
  view.setUint16(4, summary.place, true);
  summary.statistics.forEach((statistic, index) => {
    const at = summaryHeadBytes + index * statisticBytes;
    view.setUint16(at, Math.min(statistic?.count ?? 0, 65_535), true);
    const values = statistic ? [statistic.avg, statistic.min, statistic.max, statistic.p95] : [NaN, NaN, NaN, NaN];
    values.forEach((value, part) => {
      setHalf(view, at + 2 + part * halfBytes, value);
    });
  });
  return Buffer.from(view.buffer);
}

export function decodeSummaries(bytes: Buffer, fields: number, wanted: Wanted = always): Summary[] {
  return records(bytes, summaryBytes(fields), wanted, (view) => ({
    at: view.getUint32(0, true),
    place: view.getUint16(4, true),
    statistics: Array.from({ length: fields }, (_, index) =>
      readStatistic(view, summaryHeadBytes + index * statisticBytes),
    ),
  }));
}

/** One field of summaries: a sixth of the work where a sixth is needed. */
export function decodeField(
  bytes: Buffer,
  fields: number,
  field: number,
  wanted: Wanted = always,
): { at: number; statistic: Statistic | null }[] {
  return records(bytes, summaryBytes(fields), wanted, (view) => ({
    at: view.getUint32(0, true),
    statistic: readStatistic(view, summaryHeadBytes + field * statisticBytes),
  }));
}

const always: Wanted = { from: 0, to: Number.POSITIVE_INFINITY };

function readStatistic(view: DataView, at: number): Statistic | null {
  const count = view.getUint16(at, true);
  if (count === 0) return null;
  const half = (part: number) => view.getFloat16(at + 2 + part * halfBytes, true);
  return { count, avg: half(0), min: half(1), max: half(2), p95: half(3) };
}

function records<T>(bytes: Buffer, size: number, wanted: Wanted, read: (view: DataView) => T): T[] {
  const found: T[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    const time = bytes.readUInt32LE(at);
    if (time < wanted.from || time >= wanted.to) continue;
    found.push(read(new DataView(bytes.buffer, bytes.byteOffset + at, size)));
  }
  return found;
}

/** What is larger than a half-precision float can say is kept at its largest, not turned into infinity. */
function setHalf(view: DataView, at: number, value: number): void {
  view.setFloat16(at, Number.isNaN(value) ? value : Math.min(value, largestHalf), true);
}
