import { readFileSync } from 'node:fs';
import { differences, type Vector } from '../libs/engine/src/testing/golden.ts';

/*
 * node bench/golden.ts FILE.jsonl: compares the engine with golden scoring vectors, one JSON object a line.
 * Exit code 0: all match; 1: some differ; 2: wrong usage.
 */

const usage = (why: string): number => {
  console.error(`${why}\nusage: node bench/golden.ts FILE.jsonl`);
  return 2;
};

const main = (args: readonly string[]): number => {
  const [file, ...rest] = args;
  if (file === undefined || rest.length > 0) return usage('exactly one file is wanted');
  let vectors: (Vector | null)[];
  try {
    vectors = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => (line.trim() === '' ? null : (JSON.parse(line) as Vector)));
  } catch (error) {
    return usage(`cannot read vectors from ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return report(vectors);
};

const report = (vectors: readonly (Vector | null)[]): number => {
  let match = 0;
  let differ = 0;
  for (const [i, vector] of vectors.entries()) {
    if (!vector) continue;
    const found = check(vector);
    if (found.length === 0) match += 1;
    else differ += 1;
    for (const difference of found) console.log(`line ${i + 1} ${vector.fn} ${difference}`);
  }
  console.log(`${match} match, ${differ} differ`);
  return differ === 0 ? 0 : 1;
};

const check = (vector: Vector): string[] => {
  try {
    return differences(vector);
  } catch (error) {
    return [`failed: ${error instanceof Error ? error.message : String(error)}`];
  }
};

process.exitCode = main(process.argv.slice(2));
