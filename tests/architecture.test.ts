import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageOf, packages, read, repositoryFiles, type Source, sources } from './support/repository.ts';

/*
 * Who may import whom, and the few rules every folder keeps. A failure names the file and the rule.
 */

const contracts = '@proxbalance/contracts';
const serviceLibs = [contracts, '@proxbalance/service-kit', 'node:*', 'zod'];

const watching = ['pino', 'pino-pretty', 'prom-client', '@opentelemetry/*'];

/** Packages a home may import; `/*` stands for a whole scope. What is not listed is not allowed. */
const mayImport: Record<string, readonly string[]> = {
  'libs/contracts': ['zod'],
  'libs/engine': [contracts],
  'libs/proxmox': [contracts, 'node:*', 'undici', 'zod'],
  'libs/service-kit': [contracts, 'node:*', 'zod', 'nats', 'ioredis', 'fastify', 'undici', ...watching],
  'services/gateway': [...serviceLibs, 'fastify', 'fastify-type-provider-zod', '@fastify/*', '@scalar/*'],
  'services/collector': [...serviceLibs, '@proxbalance/engine', '@proxbalance/proxmox', 'bullmq'],
  'services/recommender': [...serviceLibs, '@proxbalance/engine'],
  'services/migrator': [...serviceLibs, '@proxbalance/engine', '@proxbalance/proxmox', 'bullmq'],
  'services/automation': [...serviceLibs, 'bullmq'],
  'services/notifier': [...serviceLibs, 'bullmq'],
};
const services = Object.keys(mayImport).filter((home) => home.startsWith('services/'));

const files = repositoryFiles();
const all = sources(files);
const product = all.filter(({ test }) => !test);
const workspace = packages(files);

/** Every import of `some` that `wrong` objects to, as lines that name file and rule. */
const violations = (some: readonly Source[], wrong: (target: string, source: Source) => string | false | undefined) =>
  some.flatMap((source) =>
    source.imports.flatMap((target) => {
      const rule = wrong(target, source);
      return rule ? [`${source.path} imports ${target}: ${rule}`] : [];
    }),
  );

const inScope = (name: string, allowed: readonly string[]) =>
  allowed.some((one) => one === name || (one.endsWith('/*') && name.startsWith(one.slice(0, -1))));

describe('imports', () => {
  test('every package under libs and services has a line in the import table', () => {
    const homes = workspace.map(({ home }) => home).filter((home) => home.includes('/'));
    expect(homes.sort()).toEqual(Object.keys(mayImport).sort());
  });

  test('a package imports only what the table allows it', () => {
    const wrong = violations(product, (target, { home }) => {
      const allowed = mayImport[home];
      const name = packageOf(target);
      return allowed && name && !inScope(name, allowed) && `${home} may import ${allowed.join(', ')}`;
    });
    expect(wrong).toEqual([]);
  });

  test('a package is reached by its name, never by a path into its folder', () => {
    const wrong = violations(product, (target, { path, home }) => {
      if (!target.startsWith('.') || !workspace.some((one) => one.home === home)) return undefined;
      const inside = posix.join(posix.dirname(path), target).startsWith(`${home}/`);
      return !inside && `files of ${home} stay inside it`;
    });
    expect(wrong).toEqual([]);
  });

  test('a service never imports a service, not even in a test', () => {
    const wrong = violations(all, (target, { path, home }) => {
      if (!home.startsWith('services/')) return undefined;
      const reached = target.startsWith('.') ? posix.join(posix.dirname(path), target) : target;
      return (
        services
          .filter((other) => other !== home)
          .some((other) => reached.startsWith(`${other}/`) || reached === other.replace('services', '@proxbalance')) &&
        'services meet on the bus only'
      );
    });
    expect(wrong).toEqual([]);
  });

  test('the simulator imports nothing of ours, and the web UI only the contracts', () => {
    const wrong = violations(all, (target, { home }) => {
      if (!target.startsWith('@proxbalance/')) return undefined;
      if (home === 'simulator') return 'two hands write the two sides of the Proxmox API';
      return home === 'web' && packageOf(target) !== contracts && 'it knows the gateway through the contracts';
    });
    expect(wrong).toEqual([]);
  });

  test('the NATS client is imported in exactly one file of the service kit', () => {
    const importers = all.filter(({ imports }) => imports.some((target) => packageOf(target) === 'nats'));
    expect(importers.map(({ path }) => path)).toEqual([expect.stringMatching(/^libs\/service-kit\/src\//)]);
  });

  test.each(workspace)('$home declares what it imports and uses what it declares', ({ home, dependencies }) => {
    const own = product.filter((source) => source.home === home);
    const undeclared = violations(own, (target) => {
      const name = packageOf(target);
      return name && name !== 'node:*' && !dependencies.includes(name) && `${home}/package.json does not declare it`;
    });
    const named = own.flatMap(({ literals }) => literals.map((literal) => packageOf(literal.slice(1, -1))));
    const unused = dependencies.filter((name) => !named.includes(name));
    expect([...undeclared, ...unused.map((name) => `${home}/package.json declares ${name}: nothing uses it`)]).toEqual(
      [],
    );
  });
});

describe('rules of every file', () => {
  const breaking = (some: readonly Source[], broken: (source: Source) => boolean, rule: string) =>
    some.filter(broken).map(({ path }) => `${path}: ${rule}`);

  test('subjects are spelled in the contracts’ kit alone', () => {
    const spells = ({ literals }: Source) =>
      literals.some((one) => /\.(events|rpc)\./.test(one.replace(/\$\{[^}]*\}/g, '')));
    const elsewhere = product.filter(({ path }) => !path.startsWith('libs/contracts/src/kit/'));
    expect(breaking(elsewhere, spells, 'take the subject from eventSubject, allEventsSubject or rpcSubject')).toEqual(
      [],
    );
  });

  test('the environment is read in config.ts, where the service kit hands it over, and in scripts', () => {
    const reader = /(^|\/)config\.ts$|^libs\/service-kit\/src\/(env|run)\.ts$|^scripts\//;
    const elsewhere = product.filter(({ path }) => !reader.test(path));
    expect(breaking(elsewhere, ({ code }) => /\bprocess\.env\b/.test(code), 'read it in config.ts')).toEqual([]);
  });

  test('the engine has no clock and no dice', () => {
    const engine = product.filter(({ home }) => home === 'libs/engine');
    const reads = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\bprocess\.|\bcrypto\./;
    expect(breaking(engine, ({ code }) => reads.test(code), 'time and randomness come in as arguments')).toEqual([]);
  });

  test('nothing is named for being left over', () => {
    const vague = /(^|\/)(utils?|commons?|shared|core|helpers?|types?|managers?)(\.[^/]*)?(\/|$)/i;
    expect(files.filter((path) => vague.test(path)).map((path) => `${path}: name it for what it is for`)).toEqual([]);
  });

  test.each(services)('%s has README.md, src/main.ts, src/app.ts and src/config.ts', (home) => {
    const expected = ['README.md', 'src/main.ts', 'src/app.ts', 'src/config.ts'].map((path) => `${home}/${path}`);
    expect(expected.filter((path) => !files.includes(path)).map((path) => `${path} is missing`)).toEqual([]);
  });

  test('no file names a folder of one machine or a package registry', () => {
    const machine = /(?<![\w.-])\/(work|root)\//;
    const registry = /\bregistry(\.[\w-]+)+\.(com|dev|io|lan|local|internal|net|org)\b|\bnpmjs\.(com|org)\b/;
    const named = files.flatMap((path) => {
      const text = read(path);
      const found = text.includes('\0') ? null : (machine.exec(text) ?? registry.exec(text));
      return found ? [`${path}: contains ${found[0]}`] : [];
    });
    expect(named).toEqual([]);
  });
});
