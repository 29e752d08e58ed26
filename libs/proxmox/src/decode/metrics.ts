import { z } from 'zod';
import { instant, number, text } from './values.ts';

const Metric = z
  .object({ id: text, metric: text, timestamp: instant, type: z.enum(['gauge', 'counter', 'derive']), value: number })
  .transform((row) => ({
    /** `node/pve1`, `qemu/100`, `lxc/201`, `storage/pve1/local` */
    id: row.id,
    metric: row.metric,
    at: row.timestamp,
    type: row.type,
    value: row.value,
  }));
export type Metric = z.infer<typeof Metric>;
/** `GET /cluster/metrics/export`. */
export const Metrics = z.object({ data: z.array(Metric) }).transform(({ data }) => data);
