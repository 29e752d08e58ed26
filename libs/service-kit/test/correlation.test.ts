import { expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { answer, inSpan, traceCarrier, withContext } from '../src/index.ts';
import { startTracing } from '../src/trace.ts';
import { Add, Counted } from './support/contracts.ts';
import { testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');

test('request id and trace go from a question to the log, to events it causes, and to whoever handles those', async () => {
  const endTracing = startTracing(undefined);
  await using namespace = testNamespace(natsUrl);
  const [asker, answerer, reader] = [
    await namespace.open('gateway'),
    await namespace.open('recommender'),
    await namespace.open('notifier'),
  ];
  const log = (line: string, lines: unknown[]) => lines.push({ line, trace: traceCarrier().traceparent?.slice(0, 35) });
  const seen: unknown[] = [];
  await reader.bus.subscribe(Counted, async () => void log('handled', seen));
  await answerer.bus.serve([
    answer(Add, async ({ a, b }) => {
      log('answered', seen);
      await answerer.bus.publish(Counted, { n: a + b });
      throw new Error('to leave a line in the log');
    }),
  ]);
  await answerer.link.connection.flush();
  const trace = `00-${'ab'.repeat(16)}`;
  await withContext({ request_id: 'req-1' }, () =>
    inSpan('test', { traceparent: `${trace}-${'cd'.repeat(8)}-01` }, () => asker.bus.ask(Add, { a: 1, b: 1 })),
  );
  await eventually(() =>
    expect(seen).toEqual([
      { line: 'answered', trace },
      { line: 'handled', trace },
    ]),
  );
  expect(answerer.lines.find(({ msg }) => msg === 'rpc handler failed')).toMatchObject({
    request_id: 'req-1',
    trace_id: 'ab'.repeat(16),
  });
  await endTracing();
});

test('a handler that fails logs the ids of the message it came with', async () => {
  await using namespace = testNamespace(natsUrl);
  const { bus, lines } = await namespace.open();
  await bus.subscribe(
    Counted,
    async () => {
      throw new Error('no');
    },
    { triesMax: 2, backoffMs: [60_000] },
  );
  await withContext({ request_id: 'req-2' }, () => bus.publish(Counted, { n: 1 }, { id: 'message-2' }));
  await eventually(() =>
    expect(lines.find(({ msg }) => msg === 'handler failed, will be tried again')).toMatchObject({
      request_id: 'req-2',
      message_id: 'message-2',
    }),
  );
});
