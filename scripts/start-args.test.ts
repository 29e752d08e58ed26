import { expect, test } from 'vitest';
import { readStartArgs } from './start-args.ts';

test.each([
  ['nothing means the demo on default places', [], { demo: true, help: false }],
  ['a port and a folder', ['--port', '0', '--data', '/x'], { port: '0', data: '/x', demo: true, help: false }],
  ['the equals sign', ['--port=8080'], { port: '8080', demo: true, help: false }],
  ['no demo', ['--no-demo'], { demo: false, help: false }],
  ['help', ['--help'], { demo: true, help: true }],
])('%s is understood', (_what, argv, args) => {
  expect(readStartArgs(argv)).toEqual({ args });
});

test.each([
  ['a port that is a word', ['--port', 'http'], 'http'],
  ['a port above 65535', ['--port', '65536'], '65536'],
  ['a port that is missing', ['--port'], '--port'],
  ['an empty folder', ['--data='], '--data'],
  ['an option nobody knows', ['--daemon'], '--daemon'],
  ['a stray word', ['demo'], 'demo'],
])('%s is refused, and the refusal names it', (_what, argv, named) => {
  expect(readStartArgs(argv)).toEqual({ wrong: expect.stringContaining(named) });
});
