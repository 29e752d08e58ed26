import { isNine, type PveVersion } from '../pve-version.ts';
import { wrongParameters } from './errors.ts';
import { formatProblem } from './parameters/formats.ts';
import type { Parameter, Parameters } from './parameters/parameter.ts';

/** Parameters after the check: booleans are 0 or 1, numbers are numbers, the rest is text. */
export type Values = Record<string, string | number>;

/** Where a value came from decides how a boolean may be written. */
export type RawValues = Map<string, unknown>;

const UNDEFINED = 'property is not defined in schema and the schema does not allow additional properties';

/** Checks as PVE::JSONSchema does, with its messages; all wrong parameters are answered at once. */
export function validate(parameters: Parameters, raw: RawValues, pve: PveVersion): Values {
  const values: Values = {};
  const errors: Record<string, string> = {};
  for (const [name, value] of raw) {
    const parameter = find(parameters, name, pve);
    if (!parameter) {
      errors[name] = UNDEFINED;
      continue;
    }
    const result = check(parameter, value, pve);
    if (typeof result === 'object') errors[name] = result.problem;
    else values[name] = result;
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!parameter.optional && !raw.has(name)) errors[name] = 'property is missing and it is not optional';
  }
  if (Object.keys(errors).length > 0) wrongParameters(errors);
  return values;
}

function find(parameters: Parameters, name: string, pve: PveVersion): Parameter | undefined {
  const own = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  const numbered = parameters[name.replace(/\d+$/, '[n]')];
  const parameter = own ?? (/\d$/.test(name) ? numbered : undefined);
  return parameter?.nine && !isNine(pve) ? undefined : parameter;
}

function check(parameter: Parameter, value: unknown, pve: PveVersion): string | number | { problem: string } {
  if (value === null || typeof value === 'object') return wrongType(parameter, String(value));
  if (parameter.type === 'boolean') return checkBoolean(value);
  const text = typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
  if (parameter.type === 'string') return checkText(parameter, text, pve);
  const fits = parameter.type === 'integer' ? /^[+-]?\d+$/.test(text) : /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  if (!fits) return wrongType(parameter, text);
  const number = Number(text);
  if (parameter.min !== undefined && number < parameter.min) {
    return { problem: `value must have a minimum value of ${parameter.min}` };
  }
  if (parameter.max !== undefined && number > parameter.max) {
    return { problem: `value must have a maximum value of ${parameter.max}` };
  }
  return number;
}

function checkBoolean(value: unknown): number | { problem: string } {
  // true and false only exist in JSON bodies: a form has texts.
  if (value === true || value === 1 || value === '1') return 1;
  if (value === false || value === 0 || value === '0') return 0;
  return { problem: `type check ('boolean') failed - got '${value}'` };
}

function checkText(parameter: Parameter, text: string, pve: PveVersion): string | { problem: string } {
  const choices = isNine(pve) ? parameter.choices : (parameter.choices8 ?? parameter.choices);
  if (choices && !choices.includes(text)) {
    return { problem: `value '${text}' does not have a value in the enumeration '${choices.join(', ')}'` };
  }
  if (parameter.pattern && !parameter.pattern.test(text)) return { problem: 'value does not match the regex pattern' };
  if (parameter.minLength !== undefined && text.length < parameter.minLength) {
    return { problem: `value must be at least ${parameter.minLength} characters long` };
  }
  if (parameter.maxLength !== undefined && text.length > parameter.maxLength) {
    return { problem: `value may only be ${parameter.maxLength} characters long` };
  }
  const problem = parameter.format === undefined ? null : formatProblem(parameter.format, text);
  return problem === null ? text : { problem };
}

function wrongType(parameter: Parameter, text: string): { problem: string } {
  return { problem: `type check ('${parameter.type}') failed - got '${text}'` };
}
