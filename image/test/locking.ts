/** What a client sees from outside while the receiver is connected, works, and is cut off. */
import type { Board } from './board.ts';
import type { Machine } from './machine.ts';
import { askBest, askNtp } from './ntp-client.ts';
import type { Receiver } from './receiver.ts';
import type { Report } from './report.ts';
import { delay, until } from './wait.ts';

/** Seconds; an emulated processor takes its time. */
const BOOT_WITHIN = 600;
const LOCK_WITHIN = 240;
const RIGHT_WITHIN_MS = 10;

/** A machine under test: how it is called in the report, and what it is reached by. */
export interface Subject {
  readonly name: string;
  readonly board: Board;
  readonly machine: Machine;
  readonly report: Report;
}

/** Until the first answer; from then on the machine goes ahead of others. */
export async function comesUp({ name, board, machine, report }: Subject): Promise<void> {
  const answers = async () => (await askNtp(board.ntpPort)) !== undefined;
  await until('the first NTP answer', BOOT_WITHIN, answers, 300);
  machine.hurry();
  report.figure(`${name}: power-on to first answer`, seconds(machine));
}

export async function unsynchronised({ name, board, report }: Subject): Promise<void> {
  const first = await askNtp(board.ntpPort);
  report.check(
    `${name}: unsynchronised before the receiver speaks: LI 3, stratum 0`,
    first?.leap === 3 && first.stratum === 0,
    `LI ${first?.leap}, stratum ${first?.stratum}`,
  );
}

/** The receiver is on from the start. `source` must match the service's line of its PPS source. */
export async function locks(subject: Subject, receiver: Receiver, source: RegExp): Promise<void> {
  const { name, board, machine, report } = subject;
  const connected = performance.now();
  await until('stratum 1', LOCK_WITHIN, async () => (await askNtp(board.ntpPort))?.stratum === 1, 300);
  report.figure(`${name}: power-on to stratum 1`, seconds(machine));
  report.figure(`${name}: receiver to stratum 1`, `${((performance.now() - connected) / 1000).toFixed(1)} s`);
  await right(subject, receiver, 'stratum 1 and right');
  const status = await machine.run('timeball status');
  report.check(`${name}: the pulses come as meant`, source.test(status), line(status, 'PPS'));
}

/** Edges stop, come back; bytes stop, come back. */
export async function cutOff(subject: Subject, receiver: Receiver): Promise<void> {
  const { name, report } = subject;
  receiver.pulses = false;
  await state(subject, 'holdover', 60);
  await right(subject, receiver, 'pulses stopped: holdover, still stratum 1 and right');
  receiver.pulses = true;
  await state(subject, 'locked', 120);
  report.check(`${name}: pulses again: locked again`, true);
  receiver.bytes = false;
  await delay(10_000);
  await right(subject, receiver, 'bytes stopped: stratum 1 and right');
  receiver.bytes = true;
}

/** By what the appliance says of itself. */
export async function state({ machine }: Subject, wanted: string, within: number): Promise<void> {
  let status = '';
  const is = async () => {
    status = await machine.run('timeball status');
    return new RegExp(`^state +${wanted}`, 'm').test(status);
  };
  await until(wanted, within, is, 1000).catch((error: Error) => {
    throw new Error(`${error.message}: ${line(status, 'state')}`);
  });
}

export async function right(subject: Subject, receiver: Receiver, what: string): Promise<void> {
  const { name, board, report } = subject;
  const answer = await askBest(board.ntpPort);
  const off = (answer?.offsetMs ?? Number.NaN) - receiver.ahead;
  const holds = answer?.stratum === 1 && answer.leap !== 3 && Math.abs(off) < RIGHT_WITHIN_MS;
  report.check(
    `${name}: ${what}`,
    holds,
    answer && `stratum ${answer.stratum}, ${off.toFixed(2)} ms, round trip ${answer.delayMs.toFixed(2)} ms`,
  );
}

export function line(status: string, name: string): string {
  return new RegExp(`^${name} .*$`, 'm').exec(status)?.[0].replace(/ +/g, ' ') ?? '';
}

function seconds({ startedAt }: Machine): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}
