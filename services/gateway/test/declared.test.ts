import { routes } from '@proxbalance/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from './support/gateway.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const upid = 'UPID:pve1:000003A1:02B70000:69A1B2C3:qmigrate:100:lb@pve!t1:';
const named: Record<string, string> = { vmid: '100', node: 'pve1', tag: 'ignore', taskid: upid, task_id: upid };

test.each(routes)('$method $path is served', async ({ method, path }) => {
  const address = path.replaceAll(/:(\w+)/g, (_, name: string) => named[name] ?? name);
  const answer = await fetch(`${gateway.url}${address}`, { method, signal: AbortSignal.timeout(30_000) });
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream');
  const { code } = isStream ? { code: 'a stream' } : ((await answer.json()) as { code?: string });
  expect(['not-found', 'method-not-allowed']).not.toContain(code);
  await answer.body?.cancel().catch(() => undefined);
});
