/** Input that a person or a test wrote and that cannot be understood; the message names the field. */
export class InputError extends Error {}

export type Fields = Record<string, unknown>;

/** Reads one object field by field, each with a type, a range and a default, and knows which fields it never asked for. */
export class FieldReader {
  readonly where: string;
  readonly #fields: Fields;
  readonly #asked = new Set<string>();

  constructor(value: unknown, where: string) {
    if (!isFields(value)) throw new InputError(`${where} must be an object`);
    this.#fields = value;
    this.where = where;
  }

  /** Null counts as not said, as in `"lock": null`. */
  has(name: string): boolean {
    this.#asked.add(name);
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  text(name: string, fallback?: string): string {
    const value = this.#take(name, fallback);
    if (typeof value !== 'string' || (value === '' && fallback === undefined)) throw this.#wrong(name, 'a text');
    return value;
  }

  number(name: string, fallback?: number, min = 0): number {
    const value = this.#take(name, fallback);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(name, 'a number');
    if (value < min) throw this.#wrong(name, `at least ${min}`);
    return value;
  }

  integer(name: string, fallback?: number, min = 0): number {
    const value = this.number(name, fallback, min);
    if (!Number.isInteger(value)) throw this.#wrong(name, 'an integer');
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#take(name, fallback);
    if (value === 0 || value === 1) return value === 1;
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false');
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.#take(name, fallback);
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.#wrong(name, `one of ${choices.join(', ')}`);
    return found;
  }

  list(name: string): unknown[] {
    const value = this.#take(name, []);
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value;
  }

  texts(name: string): string[] {
    return this.list(name).map((item) => {
      if (typeof item !== 'string') throw this.#wrong(name, 'a list of texts');
      return item;
    });
  }

  fields(name: string): Fields {
    const value = this.#take(name, {});
    if (!isFields(value)) throw this.#wrong(name, 'an object');
    return value;
  }

  raw(name: string): unknown {
    return this.#take(name, undefined);
  }

  unknown(): string[] {
    return Object.keys(this.#fields).filter((name) => !this.#asked.has(name));
  }

  refuseUnknown(): void {
    const names = this.unknown();
    if (names.length > 0) throw new InputError(`${this.where}: unknown field ${names.join(', ')}`);
  }

  #take(name: string, fallback: unknown): unknown {
    this.#asked.add(name);
    const value = this.#fields[name];
    return value === undefined || value === null ? fallback : value;
  }

  #wrong(name: string, wanted: string): InputError {
    return new InputError(`${this.where}.${name} must be ${wanted}`);
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
