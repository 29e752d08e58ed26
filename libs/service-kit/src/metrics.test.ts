import { expect, test } from 'vitest';
import { openMetrics } from './metrics.ts';

test('asking twice for a name gives the same metric', async () => {
  const metrics = openMetrics();
  metrics.counter('things_total', 'Things', ['kind']).inc({ kind: 'a' });
  metrics.counter('things_total', 'Things', ['kind']).inc({ kind: 'a' });
  metrics.gauge('level', 'Level').set(3);
  metrics.gauge('level', 'Level').inc();
  metrics.histogram('seconds', 'Time').observe(0.01);
  metrics.histogram('seconds', 'Time').observe(0.01);
  const { body, contentType } = await metrics.render();
  expect(contentType).toMatch(/^text\/plain/);
  expect(body).toContain('things_total{kind="a"} 2');
  expect(body).toContain('level 4');
  expect(body).toContain('seconds_count 2');
});

test('two processes in one do not share their numbers', async () => {
  const [one, two] = [openMetrics(), openMetrics()];
  one.counter('things_total', 'Things').inc();
  two.counter('things_total', 'Things');
  expect((await two.render()).body).toContain('things_total 0');
});
