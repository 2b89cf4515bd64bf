/** The real chronyd says whom it would serve (`chronyc accheck`), and the import serves the same. */
import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { assertClockless, chronyUser, needClient, runClient, startClient } from '../../support/clients.ts';
import { Scratch } from '../../support/scratch.ts';
import { until } from '../../support/until.ts';
import { imported, randomBelow } from './import-helpers.ts';
import { byRules, parse, show } from './naive.ts';
import { chronyFile, probes } from './random-files.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const FILES = 6;

test('random chrony.conf files', async (context) => {
  needClient(context, 'chronyd');
  needClient(context, 'chronyc');
  let served = 0;
  let refused = 0;
  for (let seed = 1; seed <= FILES; seed++) {
    const below = randomBelow(seed * 15_485_863);
    const text = chronyFile(below, 24).text;
    const addresses = probes(below);
    const { rules } = imported(text, 'chrony');
    const theirs = await accessOf(text, addresses.map(show), seed);
    const ours = addresses.map((address) => byRules(rules, address).served);
    expect({ text, ours }).toEqual({ text, ours: theirs });
    served += theirs.filter((yes) => yes).length;
    refused += theirs.filter((yes) => !yes).length;
  }
  expect(Math.min(served, refused)).toBeGreaterThan(15);
});

test('networks of one four-bit level: the later line counts, not the longer network', async (context) => {
  needClient(context, 'chronyd');
  needClient(context, 'chronyc');
  const text =
    'allow 10.0.0.0/10\ndeny 10.0.0.0/9\ndeny 11.0.0.0/9\nallow 11.0.0.0/10\nallow 12.0.0.0/9\ndeny 12.0.0.0/8';
  const hosts = ['10.1.1.1', '11.1.1.1', '11.65.1.1', '12.1.1.1'];
  const { rules } = imported(text, 'chrony');
  const ours = hosts.map((host) => byRules(rules, parse(host)).served);
  expect(ours).toEqual(await accessOf(text, hosts, FILES + 1));
  expect(ours).toEqual([false, true, false, true]);
});

/** Starts chronyd without any network port, with its own command socket, and unable to set the clock. */
async function accessOf(text: string, addresses: readonly string[], seed: number): Promise<boolean[]> {
  const socket = `${scratch.path}/${seed}.sock`;
  const own = `port 0\ncmdport 0\nbindcmdaddress ${socket}\npidfile ${scratch.path}/${seed}.pid\n`;
  const conf = scratch.write(`${seed}.conf`, `${own}${text}\n`);
  const chronyd = startClient('chronyd', [...chronyUser(), '-x', '-d', '-f', conf]);
  try {
    await until('command socket of chronyd', () => existsSync(socket) || undefined);
    assertClockless(chronyd);
    const asked = await runClient('chronyc', [
      '-h',
      socket,
      '-m',
      ...addresses.map((address) => `accheck ${address}`),
    ]);
    const answers = asked.out.trim().split('\n');
    if (
      answers.length !== addresses.length ||
      answers.some((answer) => !/^20[89] Access (allowed|denied)$/.test(answer.trim()))
    )
      throw new Error(`chronyc says ${asked.out}${asked.err}; chronyd ${chronyd.err.text}`);
    return answers.map((answer) => answer.includes('allowed'));
  } finally {
    await chronyd.dispose();
  }
}
