import type { ErrorCode, ErrorDetail, RouteContract } from '@proxbalance/contracts';

/** The gateway's HTTP API as its contracts declare it, from outside. */
export type Api = {
  /** The success answer, checked against the contract. Throws for anything else. */
  ask<C extends RouteContract>(contract: C, input?: Input<C>): Promise<Answer<C>>;
  /** How the request was refused. Throws when it was not. */
  refusal<C extends RouteContract>(contract: C, input?: Input<C>): Promise<Failure>;
};

/** The success answer of a route. */
export type Answer<C extends RouteContract> = C['reply']['_zod']['output'];

type Input<C extends RouteContract> = {
  params?: NonNullable<C['params']>['_zod']['input'];
  query?: NonNullable<C['query']>['_zod']['input'];
  body?: NonNullable<C['body']>['_zod']['input'];
};

type Failure = { status: number; success: false; error: string; code: ErrorCode; details?: ErrorDetail[] };

export function openApi(url: () => string): Api {
  return {
    async ask<C extends RouteContract>(contract: C, input?: Input<C>): Promise<Answer<C>> {
      const { status, text } = await send(url(), contract, input);
      if (status !== 200) throw new Error(`${contract.method} ${contract.path} answered ${status}: ${text}`);
      return contract.reply.parse(JSON.parse(text)) as Answer<C>;
    },
    async refusal(contract, input) {
      const { status, text } = await send(url(), contract, input);
      if (status < 400) throw new Error(`${contract.method} ${contract.path} was not refused: ${text}`);
      return { status, ...JSON.parse(text) };
    },
  };
}

async function send(url: string, { method, path }: RouteContract, input: Input<RouteContract> = {}) {
  const filled = path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(String(input.params?.[name])));
  const query = new URLSearchParams(input.query as Record<string, string> | undefined);
  const headers = { 'content-type': 'application/json' };
  const body = method === 'GET' ? {} : { headers, body: JSON.stringify(input.body ?? {}) };
  const answer = await fetch(`${url}${filled}?${query}`, { method, ...body });
  return { status: answer.status, text: await answer.text() };
}
