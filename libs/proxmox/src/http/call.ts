import { ProxmoxError } from '../errors.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Values for a call. Booleans travel as 1 and 0, `undefined` not at all. */
export type Params = Record<string, string | number | boolean | undefined>;

/** One call, ready for any host. `path` is below `/api2/json`, without the query. */
export type Call = { method: Method; template: string; path: string; query: string; form: string | null };

/**
 * Fills the template's `{name}` places from `params`; what is left goes into the query (GET, DELETE) or the form.
 * A value that would change the path's meaning is refused here: kind `parameter`.
 */
export const buildCall = (method: Method, template: string, params: Params = {}): Call => {
  const used = new Set<string>();
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    used.add(name);
    return segment(name, params[name], method, template);
  });
  const rest = Object.entries(params).flatMap(([name, value]): [string, string][] =>
    used.has(name) || value === undefined ? [] : [[name, wire(value)]],
  );
  const encoded = new URLSearchParams(rest).toString();
  const inForm = method === 'POST' || method === 'PUT';
  return { method, template, path, query: inForm ? '' : encoded, form: inForm ? encoded : null };
};

const segment = (name: string, value: Params[string], method: Method, template: string): string => {
  const text = value === undefined ? '' : wire(value);
  if (text === '' || text === '.' || text === '..') {
    const reason = `'${text}' cannot be used as ${name}`;
    throw new ProxmoxError({ kind: 'parameter', reason, fields: { [name]: reason }, host: '', method, path: template });
  }
  return encodeURIComponent(text);
};

const wire = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? '1' : '0') : String(value);

/** Whether doing it twice does no harm: every GET, and the login (a ticket more is just a ticket more). */
export const isRepeatable = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'GET' || path === '/access/ticket';

/** Whether the host that is asked only passes the call on to the node in its path. */
export const isProxied = (call: Call): boolean =>
  call.template.startsWith('/nodes/{node}/') && !call.template.endsWith('/rrddata');
