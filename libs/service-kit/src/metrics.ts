import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Prometheus metrics of one process. Asking twice for a name gives the same metric. */
export type Metrics = {
  counter(name: string, help: string, labels?: string[]): Counter;
  gauge(name: string, help: string, labels?: string[]): Gauge;
  histogram(name: string, help: string, labels?: string[], buckets?: number[]): Histogram;
  /** Text in the exposition format, and its content type. */
  render(): Promise<{ body: string; contentType: string }>;
};

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const once = <M>(name: string, create: () => M): M => (registry.getSingleMetric(name) as M | undefined) ?? create();
  return {
    counter: (name, help, labelNames = []) =>
      once(name, () => new Counter({ name, help, labelNames, registers: [registry] })),
    gauge: (name, help, labelNames = []) =>
      once(name, () => new Gauge({ name, help, labelNames, registers: [registry] })),
    histogram: (name, help, labelNames = [], buckets = [0.005, 0.02, 0.1, 0.5, 2, 10, 60]) =>
      once(name, () => new Histogram({ name, help, labelNames, buckets, registers: [registry] })),
    render: async () => ({ body: await registry.metrics(), contentType: registry.contentType }),
  };
}
