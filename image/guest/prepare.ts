/**
 * Runs as root at every start, before the network and the service: makes the configuration if there is none, takes over
 * the setup file from the FAT partition, has a claim code ready while nobody has claimed the board, and gives the system
 * its name and network as the configuration says. Whatever is wrong, the board starts: with the defaults if need be.
 */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openState } from '../../src/cli/users-state.ts';
import { type LoadResult, loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import type { Config } from '../../src/config/schema.ts';
import { updateConfig, writeFileAtomic } from '../../src/config/store.ts';
import { networkText } from '../../src/system/perform.ts';
import { readSetup } from './setup-file.ts';

const STATE = '/data/timeball';
const CONFIG = join(STATE, 'timeball.yaml');
const FIRMWARE = '/boot/firmware';
const SETUP = join(FIRMWARE, 'timeball-setup.yaml');
const DONE = join(FIRMWARE, 'timeball-setup.done.yaml');
const WRONG = join(FIRMWARE, 'timeball-setup.error.txt');
const CLAIM_CODE = '/run/timeball-claim-code';
const MACHINE_ID = '/data/machine-id';
const DEFAULTS = '/usr/lib/timeball/timeball.default.yaml';

await main();

async function main(): Promise<void> {
  if (!existsSync(CONFIG)) await writeFileAtomic(CONFIG, readFileSync(DEFAULTS), 0o640);
  if ('errors' in loadConfig(CONFIG)) {
    say(`${CONFIG} is damaged: it is kept as timeball.yaml.broken, the defaults hold`);
    renameSync(CONFIG, `${CONFIG}.broken`);
    await writeFileAtomic(CONFIG, readFileSync(DEFAULTS), 0o640);
  }
  const claimCode = await attempt('the setup file', takeOverSetup);
  await attempt('the claim code', () => prepareClaimCode(claimCode));
  giveToService(CONFIG);
  await attempt('the machine id', keepMachineId);
  const loaded = loadConfig(CONFIG);
  if ('config' in loaded) await attempt('the network', () => applyNetwork(loaded.config));
}

/** Returns the claim code that it names. The partition is written only while there is something to take over. */
async function takeOverSetup(): Promise<string | undefined> {
  if (!existsSync(join(FIRMWARE, 'config.txt'))) execFileSync('mount', [FIRMWARE]);
  if (!existsSync(SETUP)) return undefined;
  const text = readFileSync(SETUP, 'utf8');
  const setup = readSetup(text);
  const result: LoadResult | { error: string } =
    'error' in setup ? setup : await updateConfig(CONFIG, setup.changes);
  const problem =
    'error' in result
      ? result.error
      : 'errors' in result
        ? result.errors.map(formatProblem).join('\r\n')
        : '';
  execFileSync('mount', ['-o', 'remount,rw', FIRMWARE]);
  if (problem !== '') {
    say(`timeball-setup.yaml is not taken over: ${problem}`);
    await writeFileAtomic(WRONG, `timeball-setup.yaml is not taken over:\r\n${problem}\r\n`);
  } else {
    // The secret goes first: a power cut between the two has the file taken over once more, without it.
    await writeFileAtomic(SETUP, text.replace(/^claimCode:.*$/m, '# claimCode was taken over'));
    renameSync(SETUP, DONE);
    say('timeball-setup.yaml is taken over');
  }
  execFileSync('sync');
  execFileSync('mount', ['-o', 'remount,ro', FIRMWARE]);
  return 'error' in setup || problem !== '' ? undefined : setup.claimCode;
}

/** While nobody has claimed the board, each start shows a new one, unless the setup file gave one. */
async function prepareClaimCode(given: string | undefined): Promise<void> {
  const state = openState('timeball', { state: STATE, config: CONFIG });
  if (state.users.list().length > 0) return;
  if (given !== undefined) {
    await state.settle(state.claimCode.prepare(given));
    writeFileSync(join(STATE, 'claim-code-given'), '');
    return;
  }
  if (existsSync(join(STATE, 'claim-code-given'))) return;
  writeFileSync(CLAIM_CODE, await state.settle(state.claimCode.renew()), { mode: 0o600 });
}

async function applyNetwork({ network }: Config): Promise<void> {
  const name = network.hostName === '' ? 'timeball' : network.hostName;
  writeFileSync('/etc/hostname', `${name}\n`);
  writeFileSync('/proc/sys/kernel/hostname', name);
  writeFileSync('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n`);
  if (network.interface !== '')
    await writeFileAtomic('/etc/systemd/network/10-timeball.network', networkText(network), 0o644);
}

/** Each start makes another one; by the first, the network knows the board again. */
async function keepMachineId(): Promise<void> {
  if (!existsSync(MACHINE_ID)) await writeFileAtomic(MACHINE_ID, readFileSync('/etc/machine-id'), 0o444);
  writeFileSync('/etc/machine-id', readFileSync(MACHINE_ID));
}

function giveToService(path: string): void {
  const { uid, gid } = statSync(STATE);
  chownSync(path, uid, gid);
}

async function attempt<T>(what: string, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    say(`${what}: ${(error as Error).message.split('\n', 1)[0]}`);
    return undefined;
  }
}

function say(text: string): void {
  process.stderr.write(`timeball: ${text}\n`);
}
