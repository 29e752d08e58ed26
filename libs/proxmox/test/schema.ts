import { z } from 'zod';
import { readRecorded } from './recorded.ts';

/*
 * Requests against the official API description: does the method exist, does it know every parameter, is every required
 * one there, does each value fit. Values are text, as they are in a query and in a form.
 */

const Parameter = z.object({
  type: z.string().optional(),
  format: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  minimum: z.coerce.number().optional(),
  maximum: z.coerce.number().optional(),
  maxLength: z.coerce.number().optional(),
  optional: z.coerce.number().optional(),
  requires: z.string().optional(),
});
type Parameter = z.infer<typeof Parameter>;

const Method = z.object({
  allowtoken: z.coerce.number().optional(),
  parameters: z.object({
    properties: z.record(z.string(), Parameter).optional(),
    additionalProperties: z.unknown().optional(),
  }),
});
type Method = z.infer<typeof Method>;

const Api = z.record(z.string(), z.record(z.string(), Method));
export type Api = z.infer<typeof Api>;

export const readApis = (): { pve8: Api; pve9: Api } =>
  z.object({ pve8: Api, pve9: Api }).parse(readRecorded('pve-schema-subset.json'));

export type Request = { method: string; path: string; body: string; withToken: boolean };

/** What is wrong with a request; `missing` when this Proxmox VE does not have the method at all. */
export const problemsOf = (api: Api, request: Request): string[] => {
  const url = new URL(request.path, 'https://host');
  const path = url.pathname.replace('/api2/json', '');
  const place = findPlace(api, path);
  const method = place && api[place.template]?.[request.method];
  if (!place || !method) return ['missing'];
  const given = [...Object.entries(place.values), ...url.searchParams, ...new URLSearchParams(request.body)];
  const names = given.map(([name]) => name);
  return [
    ...(request.withToken && method.allowtoken === 0 ? ['takes no token'] : []),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name}: given twice`),
    ...given.flatMap(([name, value]) => problemsOfValue(method, name, value)),
    ...absent(method, names),
  ];
};

type Place = { template: string; values: Record<string, string> };

/** Literal segments win over placeholders, as they do in Proxmox. */
const findPlace = (api: Api, path: string): Place | undefined => {
  const segments = path.split('/');
  const fits = Object.keys(api).flatMap((template): Place[] => {
    const parts = template.split('/');
    const isPlace = (part: string) => part.startsWith('{');
    if (parts.length !== segments.length) return [];
    if (!parts.every((part, index) => isPlace(part) || part === segments[index])) return [];
    const values = parts.flatMap((part, index) =>
      isPlace(part) ? [[part.slice(1, -1), decodeURIComponent(segments[index] ?? '')]] : [],
    );
    return [{ template, values: Object.fromEntries(values) }];
  });
  return fits.sort((a, b) => Object.keys(a.values).length - Object.keys(b.values).length)[0];
};

const absent = (method: Method, names: string[]): string[] =>
  Object.entries(method.parameters.properties ?? {}).flatMap(([name, { optional, requires }]) => {
    if (!names.includes(name)) return optional === 1 ? [] : [`${name}: required and not there`];
    return requires === undefined || names.includes(requires) ? [] : [`${name}: goes with ${requires} only`];
  });

const problemsOfValue = (method: Method, name: string, value: string): string[] => {
  const parameter = method.parameters.properties?.[name];
  if (parameter === undefined)
    return Number(method.parameters.additionalProperties ?? 1) === 0 ? [`${name}: unknown`] : [];
  return fits(parameter, value) ? [] : [`${name}: '${value}' does not fit`];
};

const fits = (parameter: Parameter, value: string): boolean => {
  const { type, format, pattern, minimum, maximum, maxLength } = parameter;
  if (type === 'integer' && !/^-?\d+$/.test(value)) return false;
  if (type === 'number' && (value === '' || Number.isNaN(Number(value)))) return false;
  if (type === 'boolean' && value !== '0' && value !== '1') return false;
  if (parameter.enum !== undefined && !parameter.enum.includes(value)) return false;
  if (pattern !== undefined && !new RegExp(`^(?:${pattern.replaceAll('(?^:', '(?:')})$`).test(value)) return false;
  if (minimum !== undefined && Number(value) < minimum) return false;
  if (maximum !== undefined && Number(value) > maximum) return false;
  if (maxLength !== undefined && value.length > maxLength) return false;
  return typeof format !== 'string' || hasFormat(format, value);
};

const USER = String.raw`[^\s:/]+@[A-Za-z][A-Za-z0-9._-]+`;
const STORAGE = '[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]';
const FORMATS: Record<string, RegExp> = {
  'pve-node': /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
  'pve-vmid': /^[1-9]\d{2,8}$/,
  'pve-userid': new RegExp(`^${USER}$`),
  'pve-tokenid': new RegExp(`^${USER}![A-Za-z][A-Za-z0-9._-]+$`),
  'pve-groupid': /^[A-Za-z0-9._-]+$/,
  'pve-roleid': /^[A-Za-z0-9._-]+$/,
  'pve-priv': /^[A-Za-z]+(\.[A-Za-z]+)+$/,
  'pve-poolid': /^[A-Za-z0-9._/-]+$/,
  'pve-configid': /^[a-z][a-z0-9_-]+$/i,
  'pve-tag': /^[a-z0-9_][a-z0-9_+.-]*$/i,
  'pve-storage-id': new RegExp(`^${STORAGE}$`),
  'storage-pair': new RegExp(`^(1|${STORAGE}(:${STORAGE})?)$`),
};

/** Formats that are not in the table fit always. */
const hasFormat = (format: string, value: string): boolean => {
  const single = FORMATS[format];
  const each = format.endsWith('-list') ? FORMATS[format.slice(0, -'-list'.length)] : undefined;
  if (each !== undefined) return value.split(/[,;\s]+/).every((part) => each.test(part));
  return single === undefined || single.test(value);
};
