import { events } from './events.ts';
import { type JsonSchema, jsonSchemas } from './json-schema.ts';
import { type EventContract, eventSubject } from './kit/event.ts';

const namespace = {
  default: 'proxbalance',
  description: 'First subject token, one per Proxmox cluster (PROXBALANCE_NAMESPACE)',
};

/** What every event looks like on the bus, whatever its type: CloudEvents 1.0, structured JSON. */
const cloudEvent = {
  type: 'object',
  description: 'CloudEvents 1.0, structured JSON; exactly one of data and dataref',
  required: ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1, description: 'The same fact has the same id, however often it arrives' },
    source: { type: 'string', format: 'uri-reference', description: '/<namespace>/<service that published it>' },
    type: { type: 'string', description: 'Noun and past participle' },
    time: { type: 'string', format: 'date-time', description: 'When it was published, UTC' },
    subject: { type: 'string', description: 'What it is about: a vmid or a node' },
    datacontenttype: { const: 'application/json' },
    traceparent: { type: 'string', description: 'W3C Trace Context, when tracing is on' },
    data: { description: 'The fact' },
    dataref: {
      type: 'string',
      format: 'uri-reference',
      description:
        'Where the data is, when it is too large for a message: on NATS an object of the bucket <namespace>-claims, ' +
        'gzip-compressed JSON; on the live stream an address of the HTTP API',
    },
  },
  oneOf: [{ required: ['data'] }, { required: ['dataref'] }],
};

const headers = {
  type: 'object',
  required: ['Nats-Msg-Id'],
  properties: {
    'Nats-Msg-Id': { type: 'string', description: 'The id of the event; the stream stores each id once' },
    traceparent: { type: 'string', description: 'As in the envelope' },
  },
};

/** The events as AsyncAPI 3.0, seen from ProxBalance: it sends. Pure: the same contracts give the same document. */
export function asyncApiDocument({ version }: { version: string }) {
  const schemas = jsonSchemas('draft-7');
  const of = <T>(part: (contract: EventContract) => T) =>
    Object.fromEntries(events.map((contract) => [contract.type, part(contract)]));
  const messages = of((contract) => message(contract, schemas.output(contract.schema)));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'ProxBalance events',
      version,
      license: { name: 'MIT' },
      description:
        'Facts, told once and kept for a week in the stream <NAMESPACE>_EVENTS. docs/events.md shows how to read them.',
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      nats: {
        host: '{host}',
        protocol: 'nats',
        description: 'The NATS server of the deployment (NATS_URL), JetStream on',
        variables: { host: { default: '127.0.0.1:4222' } },
      },
    },
    channels: of(channel),
    operations: of(operation),
    components: {
      parameters: { namespace },
      messages,
      schemas: { CloudEvent: cloudEvent, ...schemas.components() },
    },
  };
}

const channel = (contract: EventContract) => ({
  address: eventSubject('{namespace}', contract),
  summary: contract.summary,
  parameters: { namespace: { $ref: '#/components/parameters/namespace' } },
  messages: { [contract.type]: { $ref: `#/components/messages/${contract.type}` } },
});

const operation = (contract: EventContract) => ({
  action: 'send',
  channel: { $ref: `#/channels/${contract.type}` },
  summary: contract.summary,
  tags: [{ name: contract.publisher }],
  messages: [{ $ref: `#/channels/${contract.type}/messages/${contract.type}` }],
});

const message = (contract: EventContract, data: JsonSchema) => ({
  name: contract.type,
  title: contract.summary,
  ...(contract.readAt
    ? { description: `On the live stream the data stays at ${contract.readAt}, which dataref names.` }
    : {}),
  contentType: 'application/cloudevents+json',
  headers,
  payload: {
    allOf: [{ $ref: '#/components/schemas/CloudEvent' }, { properties: { type: { const: contract.type }, data } }],
  },
});
