/** One parameter of an endpoint, as far as the simulator checks it. */
export interface Parameter {
  type: 'string' | 'integer' | 'number' | 'boolean';
  optional: boolean;
  min?: number;
  max?: number;
  maxLength?: number;
  choices?: readonly string[];
  pattern?: RegExp;
  format?: 'node' | 'storage-id' | 'storage-pairs';
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

/** `a:b c:s d[n]:s e:s9`: name, type letter (b, i, n, s) and `9` for PVE 9 only. For the long lists of config keys. */
export function compact(list: string): Parameters {
  const types = { b: 'boolean', i: 'integer', n: 'number', s: 'string' } as const;
  const found: Parameters = {};
  for (const word of list.split(/\s+/).filter((part) => part !== '')) {
    const [name = '', code = 's'] = word.split(':');
    const letter = code.charAt(0);
    const type = letter === 'b' || letter === 'i' || letter === 'n' ? types[letter] : types.s;
    found[name] = { type, optional: true, ...(code.endsWith('9') ? { nine: true as const } : {}) };
  }
  return found;
}
