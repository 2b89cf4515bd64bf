/**
 * Runs as root at every start, before the network and the service: makes the configuration if there is none, takes over
 * the setup file from the FAT partition, has a claim code ready while nobody has claimed the board, and gives the system
 * its name, network and firewall as the configuration says. Whatever is wrong, the board starts: with the defaults if need be.
 */
import { existsSync, lchownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openState } from '../../src/cli/users-state.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { writeFileAtomic } from '../../src/config/store.ts';
import { FIREWALL_FILE, firewallText } from '../../src/system/firewall.ts';
import { networkText } from '../../src/system/perform.ts';
import { attachBatteryClock } from './battery-clock.ts';
import { FIRMWARE, firmwareWritable, mountFirmware, runProgram, say } from './machine.ts';
import { CODE_GIVEN_NAME, CONFIG_NAME, clearTraps, ensureConfig } from './state-files.ts';
import { type Given, takeOverSetup } from './take-over.ts';

const STATE = '/data/timeball';
const CONFIG = join(STATE, CONFIG_NAME);
const CLAIM_CODE = '/run/timeball-claim-code';
const CODE_GIVEN = join(STATE, CODE_GIVEN_NAME);
/** Whom the setup file's password is for. */
const ADMIN = 'admin';
const MACHINE_ID = '/data/machine-id';
const DEFAULTS = '/usr/lib/timeball/timeball.default.yaml';

await main();

async function main(): Promise<void> {
  await attempt('the state folder', async () => clearTraps({ state: STATE, say }));
  await attempt('the configuration', () => ensureConfig({ state: STATE, defaults: DEFAULTS, say }));
  await attempt('the setup file', setUp);
  await attempt('the claim code', prepareClaimCode);
  await attempt("the configuration's owner", async () => giveToService(CONFIG));
  await attempt('the machine id', keepMachineId);
  const written = loadConfig(CONFIG);
  const loaded = 'errors' in written ? loadConfig(DEFAULTS) : written;
  if ('errors' in loaded) return;
  await attempt('the real-time clock', () => findBatteryClock(loaded.config));
  await attempt('the network', () => applyNetwork(loaded.config));
  await attempt('the firewall', () => applyFirewall(loaded.config));
}

/** The partition is written only while there is something to take over. */
async function setUp(): Promise<void> {
  await mountFirmware();
  await takeOverSetup({ folder: FIRMWARE, config: CONFIG, writable: firmwareWritable, accept, say });
}

async function accept({ claimCode, adminPasswordHash }: Given): Promise<void> {
  const state = openState('timeball', { state: STATE, config: CONFIG });
  if (adminPasswordHash !== undefined)
    await state.settle(state.users.adopt(ADMIN, adminPasswordHash, new Date().toISOString()));
  if (claimCode === undefined || state.users.list().length > 0) return;
  await state.settle(state.claimCode.prepare(claimCode));
  if (!existsSync(CODE_GIVEN)) writeFileSync(CODE_GIVEN, '', { flag: 'wx' });
}

/** While nobody has claimed the board, each start shows a new code, unless the setup file gave one. */
async function prepareClaimCode(): Promise<void> {
  const state = openState('timeball', { state: STATE, config: CONFIG });
  if (state.users.list().length > 0 || existsSync(CODE_GIVEN)) return;
  writeFileSync(CLAIM_CODE, await state.settle(state.claimCode.renew()), { mode: 0o600 });
}

/** By its time, if nothing else is known, logs begin. */
async function findBatteryClock({ clock: { rtc } }: Config): Promise<void> {
  if (rtc === 'none') return;
  // The bus may not have been found yet.
  await runProgram('modprobe', 'i2c-bcm2835').catch(() => {});
  attachBatteryClock(rtc);
}

/** If this fails, the ports of a new board are open. */
async function applyFirewall(config: Config): Promise<void> {
  mkdirSync(dirname(FIREWALL_FILE), { recursive: true });
  await writeFileAtomic(FIREWALL_FILE, firewallText(config), 0o644);
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
  lchownSync(path, uid, gid);
}

async function attempt<T>(what: string, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    say(`${what}: ${(error as Error).message.split('\n', 1)[0]}`);
    return undefined;
  }
}
