import { cpuSpikes } from './cpu-spikes.ts';
import { cpuTrend } from './cpu-trend.ts';
import { currentCpu } from './current-cpu.ts';
import { currentMem } from './current-mem.ts';
import { iowaitCurrent } from './iowait-current.ts';
import { iowaitSustained } from './iowait-sustained.ts';
import { memOvercommit } from './mem-overcommit.ts';
import { memSpikes } from './mem-spikes.ts';
import { memTrend } from './mem-trend.ts';
import type { Penalty } from './penalty.ts';
import { predictedCpu } from './predicted-cpu.ts';
import { predictedMem } from './predicted-mem.ts';
import { sustainedCpu } from './sustained-cpu.ts';
import { sustainedMem } from './sustained-mem.ts';

/** Every penalty, in the order in which they are shown. A new one is added here and nowhere else. */
export const penalties: readonly Penalty[] = [
  currentCpu,
  currentMem,
  sustainedCpu,
  sustainedMem,
  iowaitCurrent,
  iowaitSustained,
  cpuTrend,
  memTrend,
  cpuSpikes,
  memSpikes,
  predictedCpu,
  predictedMem,
  memOvercommit,
];
