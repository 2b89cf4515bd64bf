/** What the verbs come to on a Debian with systemd. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeFileDurably, writeFileAtomic } from '../config/atomic-file.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { readText } from '../config/read-text.ts';
import { FIREWALL_FILE, firewallText } from './firewall.ts';
import { lastWords, runProgram } from './program.ts';
import type { HelperRequest, HelperResult, NetworkRequest } from './system-helper.ts';

/** Runs a program with fixed arguments, without a shell; rejects where it fails. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<unknown>;

/** By systemd-networkd, ahead of what the system ships. */
const NETWORK_FILE = '/etc/systemd/network/10-timeball.network';
/** Come with the image; without it they are missing, and that is said. */
const FACTORY_RESET = '/usr/lib/timeball/factory-reset';
const UPDATE = '/usr/lib/timeball/update';
const NFT = '/usr/sbin/nft';
const MAX_FILE = 1_048_576;
const CONFIG_FILE = '/data/timeball/timeball.yaml';
const LONGEST_MS = 840_000;

const runPatiently: RunProgram = (program, args) => runProgram(program, args, LONGEST_MS);

export interface PerformFiles {
  readonly network: string;
  /** A folder with an entry for each interface. */
  readonly interfaces: string;
  /** What is read for the firewall, and what is made of it. */
  readonly config: string;
  readonly firewall: string;
}

const FILES: PerformFiles = {
  network: NETWORK_FILE,
  interfaces: '/sys/class/net',
  config: CONFIG_FILE,
  firewall: FIREWALL_FILE,
};

/** It failed, and so did putting back what was before. */
class Unsettled extends Error {}

export function performer(run: RunProgram = runPatiently, files: Partial<PerformFiles> = {}) {
  return async (request: HelperRequest): Promise<HelperResult> => {
    try {
      return { done: true, text: await perform(request, run, { ...FILES, ...files }) };
    } catch (error) {
      const reason = `${request.verb} failed: ${lastWords(error as Error)}`;
      return { done: false, reason, ...(error instanceof Unsettled && { unsettled: true }) };
    }
  };
}

async function perform(request: HelperRequest, run: RunProgram, files: PerformFiles): Promise<string> {
  switch (request.verb) {
    case 'reboot':
      await run('systemctl', ['reboot']);
      return 'the machine restarts';
    case 'factory-reset':
      await run(FACTORY_RESET, []);
      return 'all settings are gone; the machine restarts';
    case 'update':
      await run(UPDATE, request.downgrade ? ['--downgrade'] : []);
      return 'the update is installed; the machine restarts on trial';
    case 'set-network':
      return setNetwork(request.network, run, files);
    case 'firewall':
      return setFirewall(run, files);
  }
}

/** All of it, or as before. */
async function setNetwork(network: NetworkRequest, run: RunProgram, files: PerformFiles): Promise<string> {
  const { hostName, interface: device } = network;
  const { network: file, interfaces } = files;
  const isThere = (name: string) => existsSync(join(interfaces, name));
  if (device !== '' && !isThere(device))
    throw new Error(`this machine has no interface ${device}: connect it, or name another one`);
  const before = textOf(file);
  const after = device === '' ? undefined : networkText(network);
  // The one that was set before is to forget it.
  const touched = [...new Set([named(before), device])].filter((name) => name !== '' && isThere(name));
  const put = async (text: string | undefined) => {
    if (before === undefined && after === undefined) return;
    await replace(file, text);
    await run('networkctl', ['reload']);
    for (const name of touched) await run('networkctl', ['reconfigure', name]);
  };
  try {
    await put(after);
    if (hostName !== '') await run('hostnamectl', ['set-hostname', hostName]);
  } catch (error) {
    await put(before).catch((worse: Error) => {
      const text = `${lastWords(error as Error)}; what was before could not be put back: ${lastWords(worse)}`;
      throw new Unsettled(text);
    });
    throw error;
  }
  return device === '' ? "the network is the system's own" : `${device} is set`;
}

/** The interface that a text of `networkText` is for; empty: none. */
function named(text: string | undefined): string {
  return /^Name=([\w.][\w.-]{0,14})$/m.exec(text ?? '')?.[1] ?? '';
}

async function setFirewall(run: RunProgram, { config, firewall }: PerformFiles): Promise<string> {
  // Whoever has installed the helper elsewhere has rules of their own.
  const ours = await run(NFT, ['list', 'table', 'inet', 'timeball']).then(
    () => true,
    () => false,
  );
  if (!ours) return 'this machine has a firewall of its own, which is left as it is';
  const loaded = loadConfig(config);
  if ('errors' in loaded) throw new Error(loaded.errors[0] ? formatProblem(loaded.errors[0]) : config);
  const before = textOf(firewall);
  await mkdir(dirname(firewall), { recursive: true });
  await replace(firewall, firewallText(loaded.config));
  try {
    await run(NFT, ['-f', firewall]);
  } catch (error) {
    // The rules in force are the old ones, as a whole: the file says so again.
    await replace(firewall, before);
    throw error;
  }
  return 'the ports that are served on are open';
}

/** Undefined: there is none. */
function textOf(file: string): string | undefined {
  const read = readText(file, MAX_FILE);
  if ('text' in read) return read.text;
  if (read.code === 'ENOENT') return undefined;
  throw new Error(`${file} ${read.reason}`);
}

async function replace(file: string, text: string | undefined): Promise<void> {
  const written =
    text === undefined ? await removeFileDurably(file) : await writeFileAtomic(file, text, 0o644);
  if (!written.written) throw new Error(`${file}: ${written.reason}`);
}

/** systemd.network(5). mDNS makes the appliance known where there is no name server. */
export function networkText({ interface: device, method, address, gateway }: NetworkRequest): string {
  const how =
    method === 'dhcp'
      ? ['DHCP=yes', 'IPv6AcceptRA=yes']
      : [`Address=${address}`, ...(gateway === '' ? [] : [`Gateway=${gateway}`])];
  return ['[Match]', `Name=${device}`, '', '[Network]', ...how, 'MulticastDNS=yes', ''].join('\n');
}
