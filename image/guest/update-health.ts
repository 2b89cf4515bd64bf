/** Whether this system serves good time, and can be reached: before an update, and then on trial. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { askAppliance, CONTROL_SOCKET } from '../../src/cli/ask-appliance.ts';
import type { Status } from '../../src/status/status.ts';
import type { Baseline } from '../../src/update/update-status.ts';

export interface Health {
  /** Seconds that the service has been active without a restart; undefined: it is not. */
  readonly activeSeconds: number | undefined;
  /** As it is now; undefined: the service does not answer. */
  readonly clock: Baseline | undefined;
}

/** Without edges for less than this, seconds, a clock was locked: a pause must not let a system pass that never locks. */
const PAUSE_SECONDS = 300;

export async function lookAtHealth(): Promise<Health> {
  const [activeSeconds, clock] = await Promise.all([serviceSeconds(), look(CONTROL_SOCKET, isLocked)]);
  return { activeSeconds, clock };
}

/** What a new system is measured by; undefined where the service does not answer. */
export function lookAtBaseline(socket: string = CONTROL_SOCKET): Promise<Baseline | undefined> {
  return look(socket, wasLocked);
}

/** What the service says of its clock and its page, and whether it can be reached; undefined where it does not answer. */
async function look(socket: string, locked: (status: Status) => boolean): Promise<Baseline | undefined> {
  try {
    const status = await askAppliance<Status>('update', { socket }, '/api/v1/status');
    const bound = status.clock.errorBoundNs;
    return {
      ...{ locked: locked(status), boundSeconds: bound === null ? null : bound / 1e9 },
      served: (status.management?.listening ?? []).length > 0,
      ...addressed(),
    };
  } catch {
    return undefined;
  }
}

function isLocked({ state }: Status): boolean {
  return state === 'locked';
}

function wasLocked(status: Status): boolean {
  if (status.state !== 'holdover') return isLocked(status);
  return (status.reference?.secondsSinceSample ?? Number.POSITIVE_INFINITY) < PAUSE_SECONDS;
}

/** Nothing where the machine's addresses can't be had. */
function addressed(): Pick<Baseline, 'addressed'> {
  try {
    return { addressed: Object.values(networkInterfaces()).some((all) => all?.some(isGlobal)) };
  } catch {
    return {};
  }
}

/** Not one that holds on the machine or on the cable alone. */
export function isGlobal({ internal, address }: Pick<NetworkInterfaceInfo, 'internal' | 'address'>): boolean {
  return !internal && !/^(fe[89ab][0-9a-f]:|169\.254\.)/i.test(address);
}

async function serviceSeconds(): Promise<number | undefined> {
  try {
    const names = ['ActiveState', 'ActiveEnterTimestampMonotonic'];
    const { stdout } = await promisify(execFile)(
      'systemctl',
      ['show', 'timeball.service', ...names.flatMap((name) => ['-p', name])],
      { timeout: 20_000 },
    );
    return activeSeconds(stdout, Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]));
  } catch {
    return undefined;
  }
}

/** `shown`: output of `systemctl show`. `uptime`: seconds since the kernel started. */
export function activeSeconds(shown: string, uptime: number): number | undefined {
  const since = /^ActiveEnterTimestampMonotonic=(\d+)$/m.exec(shown)?.[1];
  // A restart makes it anew.
  if (!/^ActiveState=active$/m.test(shown) || since === undefined) return undefined;
  return uptime - Number(since) / 1e6;
}
