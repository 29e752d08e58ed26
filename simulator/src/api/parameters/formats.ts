import { TOKEN_NAME, USER_ID } from '../../access/identity.ts';
import { isTag } from '../../guest-config.ts';
import { splitList } from '../../lists.ts';

export type Format = keyof typeof FORMATS;

const NODE_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const STORAGE_ID = /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i;
const ROLE_ID = /^[A-Za-z0-9._-]+$/;
const LABEL = '[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?';
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

/** What is wrong with a text of a named format; null when nothing is. */
const FORMATS = {
  node: (text: string) => (NODE_NAME.test(text) ? null : 'value does not look like a valid node name'),
  'storage-id': storageProblem,
  'storage-pairs': (text: string) => (text === '1' ? null : first(splitList(text).flatMap(pairParts), storageProblem)),
  'user-id': userProblem,
  'user-ids': (text: string) => first(splitList(text), userProblem),
  'token-ids': (text: string) => first(splitList(text), tokenProblem),
  'role-id': roleProblem,
  'role-ids': (text: string) => first(splitList(text), roleProblem),
  'dns-name': (text: string) => (DNS_NAME.test(text) ? null : 'value does not look like a valid DNS name'),
  tags: (text: string) => (splitList(text).every(isTag) ? null : 'invalid characters in tag'),
  memory: memoryProblem,
};

export function formatProblem(format: Format, text: string): string | null {
  const problem = FORMATS[format](text);
  return problem === null ? null : `invalid format - ${problem}`;
}

function first(items: string[], problem: (item: string) => string | null): string | null {
  for (const item of items) {
    const found = problem(item);
    if (found !== null) return found;
  }
  return null;
}

function pairParts(pair: string): string[] {
  return pair.split(':');
}

function storageProblem(text: string): string | null {
  return STORAGE_ID.test(text) ? null : `storage ID '${text}' contains illegal characters`;
}

function userProblem(text: string): string | null {
  if (text.length < 3) return `user name '${text}' is too short`;
  return USER_ID.test(text) ? null : `value '${text}' does not look like a valid user name`;
}

function tokenProblem(text: string): string | null {
  const [user = '', ...rest] = text.split('!');
  const fits = USER_ID.test(user) && rest.length === 1 && TOKEN_NAME.test(rest[0] ?? '');
  return fits ? null : `value '${text}' does not look like a valid token ID`;
}

function roleProblem(text: string): string | null {
  return ROLE_ID.test(text) ? null : `role name '${text}' contains invalid characters`;
}

/** `2048` or `current=2048`, in MiB. */
function memoryProblem(text: string): string | null {
  const value = /^(?:current=)?(.*)$/.exec(text)?.[1] ?? '';
  if (!/^\d+$/.test(value)) return `format error\ncurrent: type check ('integer') failed - got '${value}'\n`;
  return Number(value) < 16 ? 'format error\ncurrent: value must have a minimum value of 16\n' : null;
}
