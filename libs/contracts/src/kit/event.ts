import type { z } from 'zod';
import type { ServiceName } from './service.ts';

/** A fact that happened: noun and past participle. One publisher, any readers. */
export type EventContract<T extends z.ZodType = z.ZodType> = {
  kind: 'event';
  /** `migration.completed` */
  type: string;
  publisher: ServiceName;
  summary: string;
  schema: T;
  /** Where the same state can be read over HTTP; live streams then carry this address (`dataref`) instead of the data. */
  readAt?: string;
};

export const event = <T extends z.ZodType>(
  type: string,
  rest: Omit<EventContract<T>, 'kind' | 'type'>,
): EventContract<T> => ({ kind: 'event', type, ...rest });

export type DataOf<C extends EventContract> = z.output<C['schema']>;

/** Every event of a namespace, for a stream or a subscription. */
export const allEventsSubject = (namespace: string, noun?: string): string =>
  noun === undefined ? `${namespace}.events.>` : `${namespace}.events.${noun}.>`;

/** Subject of an event inside a namespace: `<ns>.events.<noun>.<participle>`. */
export const eventSubject = (namespace: string, contract: Pick<EventContract, 'type'>): string =>
  `${namespace}.events.${contract.type}`;
