/** From power-on to holdover: what a client sees from outside, while the receiver is connected, working and cut off. */
import type { Machine } from './machine.ts';
import { askBest, askNtp } from './ntp-client.ts';
import { Receiver } from './receiver.ts';
import type { Report } from './report.ts';
import { delay, until } from './wait.ts';

/** Seconds; an emulated processor takes its time. */
const BOOT_WITHIN = 480;
const LOCK_WITHIN = 120;
const RIGHT_WITHIN_MS = 10;
const LEARN_S = 60;

export interface LockingOptions {
  readonly machine: Machine;
  readonly ntpPort: number;
  readonly report: Report;
  /** How the pulses reach the guest, for the report. */
  readonly by: string;
  /** The service's name of its PPS source must match. */
  readonly source: RegExp;
  /** Done while it is locked. */
  readonly whileLocked: () => Promise<void>;
}

export async function locking({
  machine,
  ntpPort,
  report,
  by,
  source,
  whileLocked,
}: LockingOptions): Promise<void> {
  await until('the first NTP answer', BOOT_WITHIN, async () => (await askNtp(ntpPort)) !== undefined, 300);
  report.figure(`${by}: power-on to first answer`, seconds(machine));
  const first = await askNtp(ntpPort);
  report.check(
    `${by}: unsynchronised before the receiver speaks: LI 3, stratum 0`,
    first?.leap === 3 && first.stratum === 0,
    `LI ${first?.leap}, stratum ${first?.stratum}`,
  );
  const receiver = new Receiver(machine);
  const connected = performance.now();
  try {
    await until('stratum 1', LOCK_WITHIN, async () => (await askNtp(ntpPort))?.stratum === 1, 300);
    report.figure(`${by}: power-on to stratum 1`, seconds(machine));
    report.figure(`${by}: receiver to stratum 1`, `${((performance.now() - connected) / 1000).toFixed(1)} s`);
    await right(ntpPort, report, `${by}: stratum 1 and right`);
    const status = await machine.run('timeball status');
    report.check(`${by}: the pulses come as meant`, source.test(status), /^PPS .*$/m.exec(status)?.[0]);
    // By then the rate is known well enough to do without edges for a while.
    const longEnough = delay(LEARN_S * 1000);
    await whileLocked();
    await longEnough;
    await cutOff(receiver, ntpPort, machine, report, by);
  } finally {
    receiver.end();
  }
}

async function cutOff(receiver: Receiver, ntpPort: number, machine: Machine, report: Report, by: string) {
  receiver.pulses = false;
  await until(
    'holdover',
    60,
    async () => /^state +holdover/m.test(await machine.run('timeball status')),
    1000,
  );
  await right(ntpPort, report, `${by}: pulses stopped: holdover, still stratum 1 and right`);
  receiver.pulses = true;
  await until(
    'locked again',
    90,
    async () => /^state +locked/m.test(await machine.run('timeball status')),
    1000,
  );
  report.check(`${by}: pulses again: locked again`, true);
  receiver.bytes = false;
  await delay(15_000);
  await right(ntpPort, report, `${by}: bytes stopped: stratum 1 and right`);
  receiver.bytes = true;
}

async function right(ntpPort: number, report: Report, what: string): Promise<void> {
  const answer = await askBest(ntpPort);
  const holds = answer?.stratum === 1 && answer.leap !== 3 && Math.abs(answer.offsetMs) < RIGHT_WITHIN_MS;
  report.check(
    what,
    holds,
    answer &&
      `stratum ${answer.stratum}, ${answer.offsetMs.toFixed(2)} ms, round trip ${answer.delayMs.toFixed(2)} ms`,
  );
}

function seconds({ startedAt }: Machine): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
