/**
 * Whether another program keeps this machine's clock. Two that steer one clock fight: each takes the other's corrections
 * for the crystal's.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Known {
  /** As the kernel has it: 15 characters at most, proc(5). */
  readonly process: string;
  /** The systemd units that it may be run by: seen where processes of others are hidden. */
  readonly units: readonly string[];
  /** Options with which it leaves the clock alone. */
  readonly harmless?: RegExp;
}

const KNOWN: readonly Known[] = [
  { process: 'chronyd', units: ['chrony.service', 'chronyd.service'], harmless: /^-[xQpv]$/ },
  { process: 'ntpd', units: ['ntp.service', 'ntpd.service', 'ntpsec.service', 'openntpd.service'] },
  { process: 'systemd-timesyn', units: ['systemd-timesyncd.service'] },
  { process: 'phc2sys', units: ['phc2sys.service'] },
];

export interface OtherDiscipline {
  /** What to stop: a unit, or a program. */
  readonly name: string;
  readonly remedy: string;
}

/** Undefined where none is found. `proc` and `cgroup`: where these file systems are, unless a test says otherwise. */
export function otherDiscipline(proc = '/proc', cgroup = '/sys/fs/cgroup'): OtherDiscipline | undefined {
  for (const { units, harmless } of KNOWN) {
    const unit = units.find((name) => keepsClock(join(cgroup, 'system.slice', name), proc, harmless));
    if (unit !== undefined) return { name: unit, remedy: `systemctl disable --now ${unit}` };
  }
  for (const pid of list(proc)) {
    const name = read(join(proc, pid, 'comm')).trim();
    const known = KNOWN.find(({ process }) => process === name);
    if (known && !isHarmless(proc, pid, known.harmless))
      return { name: `${name} (process ${pid})`, remedy: 'stop it for good' };
  }
  return undefined;
}

/** Whether a unit has processes, cgroups(7) version 2; those that are hidden from us count as what they usually are. */
function keepsClock(unit: string, proc: string, harmless: RegExp | undefined): boolean {
  if (!/^populated 1$/m.test(read(join(unit, 'cgroup.events')))) return false;
  const pids = read(join(unit, 'cgroup.procs')).split('\n').filter(Boolean);
  return pids.length === 0 || pids.some((pid) => !isHarmless(proc, pid, harmless));
}

function isHarmless(proc: string, pid: string, harmless: RegExp | undefined): boolean {
  const options = read(join(proc, pid, 'cmdline'))
    .split('\u0000')
    .slice(1);
  return options.some((option) => harmless?.test(option) === true);
}

function list(proc: string): string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Empty where it can't be read: a process may be gone by then. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
