/** However the appliance is started, Node gets the same flags: what was measured is what runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NODE_FLAGS } from './bench/node-flags.ts';
import { ROOT } from './support/program.ts';

/** Each of them with why it is there. */
const FLAGS = [
  // The appliance shares its board's memory with a table of clients.
  '--max-semi-space-size=2',
  // The threads that answer would wait for helpers on all cores.
  '--single-threaded-gc',
  // Or 40 MB of garbage would stay.
  '--concurrent-sweeping',
];

test.each([
  ['src/main.ts', (text: string) => text.split('\n')[0]],
  ['src/setup.mjs', (text: string) => /case 'start':.*?main\.js/s.exec(text)?.[0]],
  [
    'image/overlay/usr/lib/systemd/system/timeball.service',
    (text: string) => /^ExecStart=.*main\.js run .*$/m.exec(text)?.[0],
  ],
])('%s', (file, start) => {
  const command = start(readFileSync(join(ROOT, file), 'utf8')) ?? '';
  expect(command.match(/--[a-z][a-z-]*(=\d+)?(?=[' ]|$)/gm)?.filter((flag) => flag !== '--config')).toEqual(
    FLAGS,
  );
});

test('the benchmarks', () => {
  expect(NODE_FLAGS).toEqual(FLAGS);
});
