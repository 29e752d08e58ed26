import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bench');
const [name, ...args] = process.argv.slice(2);
const file = join(folder, `${name}.ts`);

/** `npm run bench` lists the benchmarks; `npm run bench -- NAME ...` runs one. */
if (name === undefined) {
  console.log(`Usage: npm run bench -- NAME [its own arguments]\n\n${list().join('\n')}`);
} else if (/^[\w-]+$/.test(name) && existsSync(file)) {
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  console.error(`There is no benchmark "${name}". These are there:\n\n${list().join('\n')}`);
  process.exitCode = 2;
}

function list(): string[] {
  const names = readdirSync(folder).filter((each) => each.endsWith('.ts') && !each.endsWith('.test.ts'));
  return names.map((each) => `  ${each.slice(0, -3).padEnd(16)} ${summaryOf(each)}`.trimEnd());
}

/** The first line of the file's first comment. */
function summaryOf(each: string): string {
  return /^\s*(?:\/\/|\/?\*\*?)\s*(\S.*?)(?:\s*\*\/)?$/m.exec(readFileSync(join(folder, each), 'utf8'))?.[1] ?? '';
}
