/** What the verbs come to on a Debian with systemd. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { writeFileAtomic } from '../config/atomic-file.ts';
import type { HelperRequest, HelperResult, NetworkRequest } from './system-helper.ts';

/** Runs a program with fixed arguments, without a shell; rejects where it fails. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<unknown>;

/** By systemd-networkd, ahead of what the system ships. */
const NETWORK_FILE = '/etc/systemd/network/10-timeball.network';
/** Come with the image; without it they are missing, and that is said. */
const FACTORY_RESET = '/usr/lib/timeball/factory-reset';
const UPDATE = '/usr/lib/timeball/update';
const LONGEST_MS = 600_000;

const runProgram: RunProgram = (program, args) =>
  promisify(execFile)(program, [...args], { timeout: LONGEST_MS });

export function performer(run: RunProgram = runProgram, networkFile: string = NETWORK_FILE) {
  return async (request: HelperRequest): Promise<HelperResult> => {
    try {
      return { done: true, text: await perform(request, run, networkFile) };
    } catch (error) {
      return { done: false, reason: `${request.verb} failed: ${(error as Error).message.split('\n', 1)[0]}` };
    }
  };
}

async function perform(request: HelperRequest, run: RunProgram, networkFile: string): Promise<string> {
  switch (request.verb) {
    case 'reboot':
      await run('systemctl', ['reboot']);
      return 'the machine restarts';
    case 'factory-reset':
      await run(FACTORY_RESET, []);
      return 'all settings are gone; the machine restarts';
    case 'update':
      await run(UPDATE, []);
      return 'the update is installed; the machine restarts';
    case 'set-network':
      return setNetwork(request.network, run, networkFile);
  }
}

async function setNetwork(network: NetworkRequest, run: RunProgram, networkFile: string): Promise<string> {
  const { hostName, interface: device } = network;
  if (hostName !== '') await run('hostnamectl', ['set-hostname', hostName]);
  if (device === '') return 'the name is set';
  const written = await writeFileAtomic(networkFile, networkText(network), 0o644);
  if (!written.written) throw new Error(`${networkFile}: ${written.reason}`);
  await run('networkctl', ['reload']);
  await run('networkctl', ['reconfigure', device]);
  return `${device} is set`;
}

/** systemd.network(5). mDNS makes the appliance known where there is no name server. */
export function networkText({ interface: device, method, address, gateway }: NetworkRequest): string {
  const how =
    method === 'dhcp'
      ? ['DHCP=yes', 'IPv6AcceptRA=yes']
      : [`Address=${address}`, ...(gateway === '' ? [] : [`Gateway=${gateway}`])];
  return ['[Match]', `Name=${device}`, '', '[Network]', ...how, 'MulticastDNS=yes', ''].join('\n');
}
