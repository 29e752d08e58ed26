import { numberOrNull } from './values.ts';

/** Percent 0-100 of the time that some or all work waited (Proxmox VE 9). Containers write them as text. */
export const pressure = {
  pressurecpusome: numberOrNull,
  pressureiosome: numberOrNull,
  pressureiofull: numberOrNull,
  pressurememorysome: numberOrNull,
  pressurememoryfull: numberOrNull,
};

type PressureRow = Record<keyof typeof pressure, number | null>;

export const readPressure = (row: PressureRow) => ({
  cpuSomePercent: row.pressurecpusome,
  ioSomePercent: row.pressureiosome,
  ioFullPercent: row.pressureiofull,
  memorySomePercent: row.pressurememorysome,
  memoryFullPercent: row.pressurememoryfull,
});
