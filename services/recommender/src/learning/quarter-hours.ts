import type { ScoreRow } from '@proxbalance/engine';
import { indexNodes } from './node-index.ts';
import type { ScoreRecord } from './score-record.ts';

/** CPU and memory of nodes in quarters of an hour: many generations in one count no more than one. */
export type QuarterHours = {
  add(record: ScoreRecord): void;
  /** Names of the nodes that were seen, in order. */
  names(): string[];
  /** Rows of a node, oldest first. */
  rows(node: string): ScoreRow[];
};

/** The clocks of all time zones differ by whole quarters of an hour. */
const quarterMs = 900_000;
/** Of a node: sums of CPU and of memory, and how many there were, for each quarter. */
type Columns = { cpu: Float64Array; mem: Float64Array; count: Uint32Array };

/** From the hour that is `hours` before `now` to now, unix milliseconds; of one node or of all. */
export function openQuarterHours(now: number, hours: number, only?: string): QuarterHours {
  const first = Math.floor((now - hours * 3_600_000) / quarterMs);
  const length = Math.floor(now / quarterMs) - first + 1;
  const index = indexNodes(only);
  const nodes: Columns[] = [];
  const columnsOf = (place: number): Columns => {
    const known = nodes[place];
    if (known) return known;
    const made = { cpu: new Float64Array(length), mem: new Float64Array(length), count: new Uint32Array(length) };
    nodes[place] = made;
    return made;
  };
  return {
    add({ at, nodes: readings }) {
      const quarter = Math.floor(at / quarterMs) - first;
      if (quarter < 0 || quarter >= length) return;
      index.each(readings, (place, [, cpu, mem]) => {
        const own = columnsOf(place);
        own.cpu[quarter] = (own.cpu[quarter] ?? 0) + cpu;
        own.mem[quarter] = (own.mem[quarter] ?? 0) + mem;
        own.count[quarter] = (own.count[quarter] ?? 0) + 1;
      });
    },
    names: () => index.names.toSorted(),
    rows(node) {
      const own = nodes[index.names.indexOf(node)];
      const rows: ScoreRow[] = [];
      own?.count.forEach((count, quarter) => {
        if (count === 0) return;
        const at = ((first + quarter) * quarterMs) / 1000;
        rows.push({
          at,
          nodes: { [node]: { cpu: (own.cpu[quarter] ?? 0) / count, mem: (own.mem[quarter] ?? 0) / count } },
        });
      });
      return rows;
    },
  };
}
