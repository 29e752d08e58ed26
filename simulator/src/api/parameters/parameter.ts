import type { Format } from './formats.ts';

/** One parameter of an endpoint, as far as the simulator checks it. */
export interface Parameter {
  type: 'string' | 'integer' | 'number' | 'boolean';
  optional: boolean;
  min?: number;
  max?: number;
  minLength?: number;
  maxLength?: number;
  choices?: readonly string[];
  pattern?: RegExp;
  format?: Format;
  /** Known to PVE 9 only; PVE 8 refuses it as undefined. */
  nine?: true;
  /** Choices that only one generation knows. */
  choices8?: readonly string[];
}

export type Parameters = Record<string, Parameter>;

type Extra = Omit<Partial<Parameter>, 'type' | 'optional'>;

export const bool = (extra: Extra = {}): Parameter => ({ type: 'boolean', optional: true, ...extra });
export const integer = (extra: Extra = {}): Parameter => ({ type: 'integer', optional: true, ...extra });
export const number = (extra: Extra = {}): Parameter => ({ type: 'number', optional: true, ...extra });
export const text = (extra: Extra = {}): Parameter => ({ type: 'string', optional: true, ...extra });
export const needed = (parameter: Parameter): Parameter => ({ ...parameter, optional: false });

/** `a b:b c[n] d:9 e:i1..6 f=x|y`: name, type letter (b, i, n; s when none), range, `9` for PVE 9 only, choices. */
export function compact(list: string): Parameters {
  const types = { b: 'boolean', i: 'integer', n: 'number' } as const;
  const found: Parameters = {};
  for (const word of list.split(/\s+/).filter((part) => part !== '')) {
    const [, name = '', code = '', choices] = /^([^:=]+)(?::([^=]+))?(?:=(.+))?$/.exec(word) ?? [];
    const [, letter = '', min = '', max = '', nine] = /^([bin]?)(?:(\d+)\.\.(\d*))?(9?)$/.exec(code) ?? [];
    found[name] = {
      type: letter === 'b' || letter === 'i' || letter === 'n' ? types[letter] : 'string',
      optional: true,
      ...(min === '' ? {} : { min: Number(min) }),
      ...(max === '' ? {} : { max: Number(max) }),
      ...(choices === undefined ? {} : { choices: choices.split('|') }),
      ...(nine === '9' ? { nine: true as const } : {}),
    };
  }
  return found;
}
