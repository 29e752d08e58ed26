import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of the current work carries. */
export type WorkContext = { request_id?: string; message_id?: string };

const storage = new AsyncLocalStorage<WorkContext>();

/** Runs `work` with more ids on its log lines and outgoing messages. */
export const withContext = <T>(more: WorkContext, work: () => T): T =>
  storage.run({ ...storage.getStore(), ...more }, work);

export const currentContext = (): WorkContext => storage.getStore() ?? {};
