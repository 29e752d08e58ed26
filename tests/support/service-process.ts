import { fileURLToPath } from 'node:url';
import type { ServiceName } from '@proxbalance/contracts';
import { type Child, openChild } from './child.ts';

/** One service as its own process. A gateway comes back on the port it had. */
export type ServiceProcess = Omit<Child, 'start'> & {
  start(): Promise<void>;
  /** Where a gateway listens; empty for the others. */
  url(): string;
};

export function openService(name: ServiceName, env: NodeJS.ProcessEnv, folder: string): ServiceProcess {
  const child = openChild({
    name,
    command: [fileURLToPath(new URL(`../../services/${name}/src/main.ts`, import.meta.url))],
    env,
    ready: new RegExp(`"msg":"${name} is up"`),
    folder,
  });
  let url = '';
  return {
    ...child,
    async start() {
      const port = url === '' ? '0' : new URL(url).port;
      await child.start({ PROXBALANCE_PORT: port });
      url = /"url":"([^"]+)","msg":"gateway listens"/.exec(child.output())?.[1] ?? '';
    },
    url: () => url,
  };
}
