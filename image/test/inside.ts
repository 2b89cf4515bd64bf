/** What only a look inside the running system tells. */
import { DATA, SECTOR } from '../build/layout.ts';
import { hostNow } from './host-clock.ts';
import type { Machine } from './machine.ts';
import type { Report } from './report.ts';
import { until } from './wait.ts';

/** Its process, for the guest's shell. */
const SERVICE = '$(systemctl show -p MainPID --value timeball)';

export async function inside(machine: Machine, report: Report): Promise<void> {
  const size = Number(await machine.run('cat /sys/class/block/vda4/size'));
  report.check(
    'the data partition has grown',
    size > DATA.size * 10,
    `${((size * SECTOR) / 1e9).toFixed(2)} GB`,
  );
  const free = Number(
    (await machine.run("stat -f -c '%b %S' /data")).split(' ').reduce((a, b) => `${Number(a) * Number(b)}`),
  );
  report.check('and so has its file system', free > DATA.size * SECTOR * 10, `${(free / 1e9).toFixed(2)} GB`);
  const roots = await machine.run('findmnt -no OPTIONS /');
  report.check('the root is read-only', /\bro\b/.test(roots), roots);
  const user = await machine.run(`stat -c %U /proc/${SERVICE}`);
  report.check('the service has its own user', user === 'timeball', user);
  const caps = await machine.run('grep CapEff /proc/$(systemctl show -p MainPID --value timeball)/status');
  // CAP_NET_BIND_SERVICE 10, CAP_SYS_NICE 23, CAP_SYS_TIME 25.
  report.check('and three capabilities', /CapEff:\s*0000000002800400$/.test(caps), caps);
  const others = await machine.run('systemctl is-enabled systemd-timesyncd');
  report.check('nothing else sets the clock', /masked/.test(others), others);
  const failed = await machine.run('systemctl --failed --no-legend --plain');
  report.check('no unit has failed', failed === '', failed.replaceAll('\n', '; '));
  const rules = await machine.run('nft list chain inet timeball input | grep -c policy.drop');
  report.check('the firewall drops by default', rules === '1', rules);
  const name = await machine.run('hostname');
  report.check('the setup file was taken over: host name', name === 'station-7', name);
  await steered(machine, report);
  await batteryClock(machine, report);
  await figures(machine, report);
}

async function steered(machine: Machine, report: Report): Promise<void> {
  const before = hostNow();
  const date = Number(await machine.run('date +%s%N')) / 1e6;
  const after = hostNow();
  const error = date < before ? date - before : date > after ? date - after : 0;
  report.check(
    "the guest's own clock is steered",
    Math.abs(error) < 20,
    `${error.toFixed(1)} ms beyond the asking`,
  );
}

/** The kernel writes it once it is told that its time is good. */
async function batteryClock(machine: Machine, report: Report): Promise<void> {
  const behind = async () =>
    hostNow() / 1000 - Number(await machine.run('cat /sys/class/rtc/rtc0/since_epoch'));
  const written = async () => Math.abs(await behind()) < 3;
  await until('the writing of the real-time clock', 30, written, 1000).catch(() => {});
  report.check(
    'the real-time clock, years behind, is set by the served time',
    await written(),
    `${(await behind()).toFixed(0)} s behind`,
  );
}

async function figures(machine: Machine, report: Report): Promise<void> {
  const started = await machine.run('systemctl show -p ExecMainStartTimestampMonotonic --value timeball');
  report.figure('kernel start to service start', `${(Number(started) / 1e6).toFixed(1)} s`);
  const rss = await machine.run('grep VmRSS /proc/$(systemctl show -p MainPID --value timeball)/status');
  report.figure('RSS of the service', rss.replace(/^VmRSS:\s*/, ''));
  const security = await machine.run('systemd-analyze security timeball --no-pager | tail -1', 120);
  const score = Number(/: ([\d.]+)/.exec(security)?.[1] ?? '10');
  report.check('systemd-analyze security: at most 2.5', score <= 2.5, String(score));
  const free = await machine.run('grep -E "MemTotal|MemAvailable" /proc/meminfo');
  const [total = 0, available = 0] = (free.match(/\d+/g) ?? []).map(Number);
  report.figure('memory in use', `${((total - available) / 1024).toFixed(0)} MB`);
}

/** A process that stands still says nothing any more: systemd must start it anew. */
export async function watchdog(machine: Machine, report: Report): Promise<void> {
  await machine.run('kill -STOP $(systemctl show -p MainPID --value timeball)');
  const stopped = performance.now();
  const restarts = () => machine.run('systemctl show -p NRestarts --value timeball');
  await until('the restart of a service that hangs', 120, async () => Number(await restarts()) > 0, 1000);
  report.check('the watchdog bites when the process hangs', true);
  report.figure('hang to restart', `${((performance.now() - stopped) / 1000).toFixed(0)} s`);
}

/** Bytes that the data partition was given since the start. */
export async function written(machine: Machine): Promise<number> {
  await machine.run('sync');
  const sectors = (await machine.run('awk \'$3 == "vda4" {print $10}\' /proc/diskstats')).trim();
  return Number(sectors) * SECTOR;
}
