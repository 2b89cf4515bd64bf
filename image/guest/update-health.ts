/** Whether this system serves good time: before an update, and then on trial. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { askAppliance, CONTROL_SOCKET } from '../../src/cli/ask-appliance.ts';
import type { Status } from '../../src/status/status.ts';
import type { Baseline } from '../../src/update/update-status.ts';

export interface Health {
  /** Seconds that the service has been active without a restart; undefined: it is not. */
  readonly activeSeconds: number | undefined;
  /** Undefined: it does not answer. */
  readonly clock: Baseline | undefined;
}

export async function lookAtHealth(): Promise<Health> {
  const [activeSeconds, clock] = await Promise.all([serviceSeconds(), lookAtClock()]);
  return { activeSeconds, clock };
}

/** What the service says of its clock; undefined where it does not answer. */
export async function lookAtClock(socket: string = CONTROL_SOCKET): Promise<Baseline | undefined> {
  try {
    const { state, clock } = await askAppliance<Status>('update', { socket }, '/api/v1/status');
    const bound = clock.errorBoundNs;
    return { locked: state === 'locked', boundSeconds: bound === null ? null : bound / 1e9 };
  } catch {
    return undefined;
  }
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
