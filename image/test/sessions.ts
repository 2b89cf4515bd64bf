/** The starts of one card, one after the other: each takes it over as the one before has left it. */
import { join } from 'node:path';
import { CHUNK_BYTES } from '../../src/history/row-file.ts';
import type { Status } from '../../src/status/status.ts';
import { copySparse } from '../build/shell.ts';
import { Board } from './board.ts';
import { Bundles } from './bundles.ts';
import type { Card } from './card.ts';
import { ConfigWrites, countIn } from './config-writes.ts';
import { inside, watchdog, written } from './inside.ts';
import { comesUp, cutOff, line, locks, right, type Subject, state, unsynchronised } from './locking.ts';
import type { Machine } from './machine.ts';
import { emptyLog, powerCuts } from './power-cuts.ts';
import { Receiver } from './receiver.ts';
import type { Report } from './report.ts';
import { slotOf, updates } from './updating.ts';
import { delay, until } from './wait.ts';

/** Of locked operation, before the pulses are taken away. */
const LEARN_S = 25;
const CUTS = 100;
const FAST_PPM = 50;
/** Minutes until the history is written for the first time. */
const SETTLED_MIN = 11;
/** As long as it takes for the history to be written once. */
const SPAN_MIN = 10;
/** What is remembered for the next start, with all the blocks that a new file takes: in one span of three. */
const SAVES_A_DAY = 48;
const SAVE_BYTES = 100_000;
/** In a row, each of which must find that rate. */
const LOOKS = 3;
/** ppm; edges jitter by tenths of a millisecond here, and the rate with them. */
const AS_FAST = 8;
const LOCK_WITHIN = 240;

export interface SessionOptions {
  readonly card: Card;
  readonly folder: string;
  readonly report: Report;
  /** The update bundle that was built with it, and the folder of the key that it is signed by. */
  readonly bundle: string;
  readonly keys: string;
}

export class Sessions {
  readonly #options: SessionOptions;
  readonly #board: Board;
  readonly #writes: ConfigWrites;

  private constructor(options: SessionOptions, board: Board) {
    this.#options = options;
    this.#board = board;
    this.#writes = new ConfigWrites(board.httpPort);
  }

  static async of(options: SessionOptions): Promise<Sessions> {
    return new Sessions(options, await Board.with(options.card, options.folder));
  }

  /** First start of the card: GPIO character device, UART, everything that a look inside tells, the power goes. */
  async first(): Promise<void> {
    const { card, folder, report } = this.#options;
    const [before, log] = [join(folder, 'card-before.img'), emptyLog(join(folder, 'writes.log'))];
    copySparse(card.path, before);
    const subject = await this.#start('gpio', { pulseBy: 'gpio', writeLog: log });
    const { machine } = subject;
    const writes = this.#writes;
    await unsynchronised(subject);
    const receiver = Receiver.on(machine);
    try {
      await locks(subject, receiver, /gpiochip/);
      // By its end the rate is known well enough to do without edges for a while.
      const learned = delay(LEARN_S * 1000);
      await inside(machine, report);
      await writes.begin(machine);
      await learned;
      await cutOff(subject, receiver);
      await writes.api.send('PATCH', '/api/v1/config', { receiver: { device: '/dev/ttyUSB0' } });
      await writes.untilCut(subject);
    } finally {
      receiver.end();
      await machine.kill();
    }
    const result = await powerCuts({ card: before, log, folder, cuts: CUTS, count: countIn });
    report.check(
      `${result.cuts} power cuts, replayed: nothing broken, nothing lost`,
      result.flaws.length === 0 && result.reached >= writes.done,
      `${result.writes} writes to the data partition, settings up to change ${result.reached}${result.flaws.slice(0, 3).map((flaw) => `; ${flaw}`)}`,
    );
    this.#setupDone();
  }

  /**
   * What is written to the card while all is well, once the first minutes of the history are written and a day of its
   * file laid out.
   */
  async soak(minutes: number): Promise<void> {
    const subject = await this.#start('soak', { pulseBy: 'gpio' });
    const { machine, report } = subject;
    const receiver = Receiver.on(machine);
    try {
      await state(subject, 'locked', LOCK_WITHIN);
      await delay(SETTLED_MIN * 60_000);
      let before = await written(machine);
      const spans: number[] = [];
      for (let minute = 0; minute < minutes; minute += SPAN_MIN) {
        await delay(SPAN_MIN * 60_000);
        const now = await written(machine);
        spans.push(now - before);
        report.figure(`written in ${SPAN_MIN} min`, `${((now - before) / 1e3).toFixed(0)} kB`);
        before = now;
      }
      // The emulator's own delays make edges late now and then, each time of which is an event that is written down.
      const quiet = Math.min(...spans);
      const perDay = quiet * (1440 / SPAN_MIN) + SAVE_BYTES * SAVES_A_DAY + CHUNK_BYTES;
      report.check('at most 20 MB a day are written', perDay < 20e6, `${(perDay / 1e6).toFixed(1)} MB`);
      await right(subject, receiver, 'still right');
    } finally {
      receiver.end();
      await machine.kill();
    }
  }

  /** /dev/pps0, a receiver on USB whose clock is fast, an adapter that is pulled out, a process that hangs. */
  async second(): Promise<void> {
    const { report } = this.#options;
    const subject = await this.#start('kernel-pps', { pulseBy: 'kernel-pps' });
    const { machine } = subject;
    await machine.plugUsb();
    const receiver = new Receiver(machine, { fastPpm: FAST_PPM, say: (text) => machine.sayUsb(text) });
    try {
      await locks(subject, receiver, /pps0/);
      await this.#writes.nothingLost(subject);
      await followed(subject);
      await right(subject, receiver, 'and still right by its time');
      machine.unplugUsb();
      await until(
        'the loss of the adapter',
        60,
        async () =>
          /^receiver .*ttyUSB0.*(failed|waiting|opening|missing)/m.test(await machine.run('timeball status')),
        1000,
      );
      report.check(
        `${subject.name}: USB adapter pulled out: said so`,
        true,
        line(await machine.run('timeball status'), 'receiver'),
      );
      await right(subject, receiver, 'and still right');
      await machine.plugUsb();
      await until(
        'the adapter',
        60,
        async () => /^receiver .*open/m.test(await machine.run('timeball status')),
        1000,
      );
      report.check(`${subject.name}: plugged in again: open again`, true);
      await state(subject, 'locked', 60);
      await watchdog(machine, report);
      await this.#writes.answers();
      await this.#writes.api.send('PATCH', '/api/v1/config', { receiver: { device: '/dev/ttyAMA0' } });
      await this.#writes.untilCut(subject);
    } finally {
      receiver.end();
      await machine.kill();
    }
  }

  /** After one more power cut: updates, and a start from the slot that the last one is in. */
  async updates(): Promise<void> {
    await this.#third();
    await this.#fourth();
  }

  async #third(): Promise<void> {
    const subject = await this.#start('updates', { pulseBy: 'gpio' });
    const { machine } = subject;
    await this.#writes.begin(machine);
    const { api } = this.#writes;
    await this.#writes.nothingLost(subject);
    const receiver = Receiver.on(machine);
    let latest = machine;
    try {
      // Before bundles are made, which takes most of this machine for seconds.
      await state(subject, 'locked', LOCK_WITHIN);
      const { bundle, keys, folder } = this.#options;
      latest = await updates(subject, receiver, api, new Bundles({ built: bundle, keys, folder }));
      await this.#writes.untilCut({ ...subject, machine: latest });
    } finally {
      receiver.end();
      await latest.kill();
      await machine.kill();
    }
  }

  async #fourth(): Promise<void> {
    const subject = await this.#start('after the update', { pulseBy: 'gpio' });
    try {
      const slot = await slotOf(subject.machine);
      subject.report.check(`${subject.name}: the new system starts by default`, slot === 'b', `slot ${slot}`);
      await this.#writes.nothingLost(subject);
    } finally {
      await subject.machine.kill();
    }
  }

  async #start(name: string, options: Parameters<Board['powerOn']>[0]): Promise<Subject> {
    const machine = await this.#board.powerOn(options);
    const subject = { name, board: this.#board, machine, report: this.#options.report };
    try {
      await comesUp(subject);
    } catch (error) {
      process.stderr.write(`${machine.console().slice(-3000)}\n`);
      await machine.kill();
      throw error;
    }
    return subject;
  }

  #setupDone(): void {
    const { card, report } = this.#options;
    const names = card.list();
    const setup = names.split('\n').filter((name) => /setup/.test(name));
    report.check('the setup file is marked as done', names.includes('done.yaml'), setup.join(' '));
    report.check('without its secret', !card.read('timeball-setup.done.yaml').includes('test-claim-code'));
  }
}

/** By a frequency that stays: with edges that jitter by tenths of a millisecond it takes a minute to be known. */
async function followed({ name, machine, report }: Subject): Promise<void> {
  const seen: number[] = [];
  const stays = () =>
    seen.length >= LOOKS && seen.slice(-LOOKS).every((ppm) => Math.abs(ppm - FAST_PPM) < AS_FAST);
  const look = async () => {
    seen.push(await steering(machine));
    return stays();
  };
  await until('the rate', LOCK_WITHIN, look, 2000).catch(() => {});
  report.check(
    `${name}: a receiver ${FAST_PPM} ppm fast is followed`,
    stays(),
    `the kernel's clock is steered by ${seen.at(-1)?.toFixed(3)} ppm`,
  );
}

/** ppm by which the service has the kernel's clock run faster. */
async function steering(machine: Machine): Promise<number> {
  const said = await machine.run('timeball status --json');
  const { clock } = JSON.parse(said.slice(said.indexOf('{'))) as Status;
  return clock.steering.ratePpm;
}
