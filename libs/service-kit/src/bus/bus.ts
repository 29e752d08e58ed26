import type { DataOf, EventContract, Outcome, RpcContract, ServiceName } from '@proxbalance/contracts';
import type { z } from 'zod';
import { openInFlight } from '../in-flight.ts';
import type { Log } from '../log.ts';
import type { Scope } from '../scope.ts';
import { type AskOptions, ask } from './ask.ts';
import type { Claims } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { type SharedDocument, sharedDocument } from './document.ts';
import type { Envelope, Event } from './envelope.ts';
import { observe, observeAll } from './observe.ts';
import type { Packed } from './packed.ts';
import { type PublishOptions, publisher } from './publish.ts';
import { type RpcHandler, serve } from './rpc.ts';
import { type SubscribeOptions, subscribe } from './subscribe.ts';

/** How a service tells, asks and answers. See each part's own file for its promises. */
export type Bus = {
  publish<C extends EventContract>(
    contract: C,
    data: DataOf<C> | Packed<C['schema']>,
    options?: PublishOptions,
  ): Promise<void>;
  subscribe<C extends EventContract>(
    contract: C,
    handler: (event: Event<DataOf<C>>) => Promise<void>,
    options?: SubscribeOptions,
  ): Promise<void>;
  /** `wants`: asked before the data is fetched; what is not wanted is passed over. */
  observe<C extends EventContract>(
    contract: C,
    handler: (event: Event<DataOf<C>>) => void | Promise<void>,
    wants?: (envelope: Envelope) => boolean,
  ): void;
  /** `noun` narrows it to `migration`, `node`, … */
  observeAll(since: Date, handler: (envelope: Envelope) => void | Promise<void>, noun?: string): void;
  ask<C extends RpcContract>(
    contract: C,
    request: z.input<C['request']>,
    options?: AskOptions,
  ): Promise<Outcome<z.output<C['reply']>>>;
  serve(handlers: RpcHandler[]): Promise<() => Promise<unknown>>;
  /** The shared document of a bucket `<namespace>-<name>`. */
  document(name: string): SharedDocument;
  claims: Claims;
};

export function openBus(parts: {
  link: NatsLink;
  namespace: string;
  service: ServiceName;
  version: string;
  log: Log;
  scope: Scope;
  /** Of the whole process: its services read a large payload once between them. */
  claims: Claims;
}): Bus {
  const { link, claims, namespace, service, version, log, scope } = parts;
  const asking = { link, claims, namespace, log };
  const serving = { ...asking, scope, inFlight: openInFlight(scope.signal) };
  const consuming = { ...serving, source: service };
  return {
    publish: publisher({ link, claims, namespace, source: service }),
    subscribe: (contract, handler, options) => subscribe(consuming, contract, handler, options),
    observe: (contract, handler, wants) => observe(consuming, contract, handler, wants),
    observeAll: (since, handler, noun) => observeAll(consuming, since, handler, noun),
    ask: (contract, request, options) => ask(asking, contract, request, options),
    serve: (handlers) => serve(serving, service, version, handlers),
    document: (name) => sharedDocument(link, `${namespace}-${name}`),
    claims,
  };
}
