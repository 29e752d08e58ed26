import type { DataOf, EventContract, Outcome, RpcContract, ServiceName } from '@proxbalance/contracts';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import { type Claims, openClaims } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { type SharedDocument, sharedDocument } from './document.ts';
import type { Envelope, Event } from './envelope.ts';
import { observe, observeAll } from './observe.ts';
import { type PublishOptions, publisher } from './publish.ts';
import { ask, type RpcHandler, serve } from './rpc.ts';
import { type SubscribeOptions, subscribe } from './subscribe.ts';

/** How a service tells, asks and answers. See each part's own file for its promises. */
export type Bus = {
  publish<C extends EventContract>(contract: C, data: DataOf<C>, options?: PublishOptions): Promise<void>;
  subscribe<C extends EventContract>(
    contract: C,
    handler: (event: Event<DataOf<C>>) => Promise<void>,
    options?: SubscribeOptions,
  ): Promise<void>;
  observe<C extends EventContract>(contract: C, handler: (event: Event<DataOf<C>>) => void | Promise<void>): void;
  observeAll(since: Date, handler: (envelope: Envelope) => void | Promise<void>): void;
  ask<C extends RpcContract>(contract: C, request: z.input<C['request']>): Promise<Outcome<z.output<C['reply']>>>;
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
  signal: AbortSignal;
}): Bus {
  const { link, namespace, service, version, log, signal } = parts;
  const claims = openClaims(link, namespace);
  const consuming = { link, claims, namespace, source: service, log, signal };
  const asking = { link, claims, namespace, log };
  return {
    publish: publisher({ link, claims, namespace, source: service }),
    subscribe: (contract, handler, options) => subscribe(consuming, contract, handler, options),
    observe: (contract, handler) => observe(consuming, contract, handler),
    observeAll: (since, handler) => observeAll(consuming, since, handler),
    ask: (contract, request) => ask(asking, contract, request),
    serve: (handlers) => serve(asking, service, version, handlers),
    document: (name) => sharedDocument(link, `${namespace}-${name}`),
    claims,
  };
}
