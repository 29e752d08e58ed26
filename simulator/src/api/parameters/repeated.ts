import { integer, needed, type Parameters, text } from './parameter.ts';

export const node = needed(text({ format: 'node' }));
export const guest: Parameters = { node, vmid: needed(integer({ min: 100, max: 999_999_999 })) };
export const consolidation = text({ choices: ['AVERAGE', 'MAX'] });
export const FRAMES = ['hour', 'day', 'week', 'month', 'year'];
export const timeframe = needed(text({ choices: FRAMES }));
