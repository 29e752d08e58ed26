import { type PveVersion, rank } from '../pve-version.ts';
import { wrongParameters } from './errors.ts';
import type { Values } from './validate.ts';

/** The parts of a property string, each with a rule that says what is wrong with a value. */
interface Format {
  defaultKey?: string;
  parts: Record<string, (value: string) => string | null>;
}

const oneOf =
  (...choices: string[]) =>
  (value: string) =>
    choices.includes(value)
      ? null
      : `value '${value}' does not have a value in the enumeration '${choices.join(', ')}'`;
const flag = (value: string) =>
  /^([01]|yes|no|on|off|true|false)$/i.test(value) ? null : `type check ('boolean') failed - got '${value}'`;
const amount = (value: string) => {
  if (!/^-?\d+(\.\d+)?$/.test(value)) return `type check ('number') failed - got '${value}'`;
  return Number(value) < 0 ? 'value must have a minimum value of 0' : null;
};
const anything = () => null;

/** Proxmox's own balancer came with 9.2. */
function crs(pve: PveVersion): Format {
  if (rank(pve) < 902) return { parts: { ha: oneOf('basic', 'static'), 'ha-rebalance-on-start': flag } };
  return {
    parts: {
      ha: oneOf('basic', 'static', 'dynamic'),
      'ha-auto-rebalance': flag,
      'ha-auto-rebalance-hold-duration': amount,
      'ha-auto-rebalance-margin': amount,
      'ha-auto-rebalance-method': oneOf('bruteforce', 'topsis'),
      'ha-auto-rebalance-threshold': amount,
      'ha-rebalance-on-start': flag,
    },
  };
}

const HA: Format = { parts: { shutdown_policy: oneOf('freeze', 'failover', 'conditional', 'migrate') } };
const MIGRATION: Format = { defaultKey: 'type', parts: { type: oneOf('secure', 'insecure'), network: anything } };

/** PUT /cluster/options: the property strings that the simulation acts on. */
export function checkOptions(values: Values, pve: PveVersion): void {
  const errors: Record<string, string> = {};
  for (const [key, format] of Object.entries({ crs: crs(pve), ha: HA, migration: MIGRATION })) {
    const problems = values[key] === undefined ? [] : problemsIn(format, String(values[key]));
    if (problems.length > 0) errors[key] = `invalid format - format error\n${problems.join('\n')}\n`;
  }
  if (Object.keys(errors).length > 0) wrongParameters(errors);
}

function problemsIn({ parts, defaultKey }: Format, text: string): string[] {
  return text.split(',').flatMap((part) => {
    const cut = part.indexOf('=');
    const name = cut < 0 ? defaultKey : part.slice(0, cut);
    if (name === undefined) return ['value without key, but schema does not define a default key'];
    const rule = Object.hasOwn(parts, name) ? parts[name] : undefined;
    const undefinedPart = 'property is not defined in schema and the schema does not allow additional properties';
    const problem = rule ? rule(part.slice(cut + 1)) : undefinedPart;
    return problem === null ? [] : [`${name}: ${problem}`];
  });
}
