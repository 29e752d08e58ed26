import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

export type Load = { url: string; headers: Record<string, string>; connections: number; seconds: number };
export type LoadResult = { requestsPerSecond: number; statuses: Record<string, number>; bytes: number };

/** Asks as fast as answers come, on some connections for some seconds, from a thread of its own. */
export async function load(options: Load): Promise<LoadResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: options });
  const [result] = (await once(worker, 'message')) as [LoadResult];
  await worker.terminate();
  return result;
}

if (!isMainThread) parentPort?.postMessage(await run(workerData as Load));

async function run({ url, headers, connections, seconds }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1000;
  const statuses: Record<string, number> = {};
  let bytes = 0;
  const startedAt = performance.now();
  const lane = async () => {
    while (performance.now() < until) {
      const [status, size] = await ask(url, headers, agent);
      statuses[status] = (statuses[status] ?? 0) + 1;
      bytes += size;
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  const elapsed = (performance.now() - startedAt) / 1000;
  agent.destroy();
  const total = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return { requestsPerSecond: total / elapsed, statuses, bytes };
}

function ask(url: string, headers: Record<string, string>, agent: Agent): Promise<[string, number]> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (answer) => {
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      answer.on('end', () => resolve([String(answer.statusCode), size]));
    });
    sent.on('error', reject);
    sent.end();
  });
}
