import { readdirSync, readFileSync } from 'node:fs';
import { join, matchesGlob, posix } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const literalOrComment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const importTarget = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)(['"])([^'"\n]+)\1/g;

export type Source = {
  /** Relative to the repository: `libs/engine/src/index.ts`. */
  path: string;
  /** `libs/engine`; the first folder for what is no package. */
  home: string;
  /** Tests and what only they use. */
  test: boolean;
  /** Text without comments. */
  code: string;
  /** String and template literals, quotes included. */
  literals: string[];
  /** What it imports, types included, as written. */
  imports: string[];
};

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every file that is or could be committed; needs no git, so an unpacked archive can be tested too. */
export function repositoryFiles(folder = '', ignored = ['.git', ...read('.gitignore').split('\n')]): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !ignored.some((line) => line !== '' && matchesGlob(name, line.replaceAll('/', ''))))
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return repositoryFiles(path, ignored);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

export const sources = (files: readonly string[]): Source[] =>
  files.filter((path) => /\.(ts|tsx|mts|mjs|js)$/.test(path)).map(toSource);

function toSource(path: string): Source {
  const text = read(path);
  const code = text.replace(literalOrComment, (part) => (/^\/[/*]/.test(part) ? ' ' : part));
  return {
    path,
    home: /^(libs|services)\/[^/]+/.exec(path)?.[0] ?? path.split('/')[0] ?? '',
    test: /\.test\.\w+$|(^|\/)(tests?|testing)\//.test(path),
    code,
    literals: (text.match(literalOrComment) ?? []).filter((part) => !/^\/[/*]/.test(part)),
    imports: [...code.matchAll(importTarget)].map((match) => match[2] ?? ''),
  };
}

export type Package = { home: string; dependencies: string[] };

/** The workspace's packages; the root is none. */
export const packages = (files: readonly string[]): Package[] =>
  files
    .filter((path) => path.endsWith('/package.json'))
    .map((path) => {
      const manifest = JSON.parse(read(path)) as { dependencies?: Record<string, string> };
      return { home: posix.dirname(path), dependencies: Object.keys(manifest.dependencies ?? {}) };
    });

/** `@scope/name/inside` is `@scope/name`, `name/inside` is `name`; `undefined` for a file. */
export function packageOf(target: string): string | undefined {
  if (target.startsWith('.')) return undefined;
  if (target.startsWith('node:')) return 'node:*';
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}
