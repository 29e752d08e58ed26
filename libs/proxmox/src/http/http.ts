import type { z } from 'zod';
import { decode } from './answer.ts';
import { buildCall, type Method, type Params } from './call.ts';
import type { Transport } from './transport.ts';

/** Calls whose answers are decoded. Every function throws `ProxmoxError`. */
export type Http = {
  get: <T>(template: string, shape: z.ZodType<T>, params?: Params) => Promise<T>;
  /** With the number Proxmox counts beside the data; 0 when it gives none. */
  getCounted: <T>(template: string, shape: z.ZodType<T>, params?: Params) => Promise<{ data: T; total: number }>;
  send: <T>(method: Exclude<Method, 'GET'>, template: string, shape: z.ZodType<T>, params?: Params) => Promise<T>;
};

export const createHttp = (transport: Transport): Http => {
  const ask = (method: Method, template: string, params?: Params) => transport.ask(buildCall(method, template, params));
  return {
    get: async (template, shape, params) => decode(shape, await ask('GET', template, params)),
    getCounted: async (template, shape, params) => {
      const answered = await ask('GET', template, params);
      return { data: decode(shape, answered), total: answered.total ?? 0 };
    },
    send: async (method, template, shape, params) => decode(shape, await ask(method, template, params)),
  };
};
