/** What all interop tests rest on: no client can set the clock, and what was not run is told. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertClockless } from '../support/clients.ts';
import { summary } from '../support/clients-run.ts';
import { Program, ROOT, run } from '../support/program.ts';

const CLOCKLESS = ['sh', join(ROOT, 'test/support/clockless.sh')] as const;
/** CAP_SYS_TIME: linux/capability.h. */
const SYS_TIME = 25n;

function maySetClock(): boolean {
  const [, mask = '0'] = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${mask}`) >> SYS_TIME) & 1n) === 1n;
}

test('a client runs where it can not set the clock', async () => {
  expect(await run([...CLOCKLESS, 'echo', 'run'])).toMatchObject({ code: 0, out: 'run\n', err: '' });
  const program = new Program(['sh', '-c', 'echo up; exec sleep 60']);
  await program.out.first('line', (line) => line);
  assertClockless(program);
  await program.dispose();
});

test('a client is not run where it could', (context) => {
  if (!maySetClock()) context.skip('this process can not set the clock either');
  const [command, ...args] = CLOCKLESS;
  const { status, stdout, stderr } = spawnSync(command, [...args, 'echo', 'run'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 77, stdout: '' });
  expect(stderr).toMatch(/^clockless: echo is not run, since it could set the clock \(Cap\w+: [0-9a-f]+\): /);
  expect(() => assertClockless({ pid: process.pid } as Program)).toThrow(/could set the clock: Cap/);
});

test('the line in the end names what was run, what failed, and what was not run and why', () => {
  const note = { client: 'chronyd 4.6.1', use: '', state: 'pass', reason: '' } as const;
  expect(
    summary([
      { ...note, use: 'xleave' },
      { ...note, use: 'MD5' },
      { ...note, use: 'MD5' },
      { ...note, client: 'ntpdig 1.2.3' },
      { ...note, use: 'SHA1', state: 'fail' },
      { ...note, client: 'openntpd', state: 'skip', reason: 'openntpd is missing' },
    ]),
  ).toBe(
    'interop clients run: chronyd 4.6.1 (MD5, xleave), ntpdig 1.2.3; failed: chronyd 4.6.1 (SHA1); ' +
      'not run: openntpd: openntpd is missing',
  );
  expect(summary([])).toBe('interop clients run: none');
});
