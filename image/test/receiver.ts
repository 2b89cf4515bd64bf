/** The receiver: NMEA and pulses, in real time, by a clock that is this machine's or runs faster. */
import { Worker } from 'node:worker_threads';
import { sealed } from '../../src/nmea/checksum.ts';
import { hostNow } from './host-clock.ts';
import type { Machine } from './machine.ts';
import type { PulseThreadData } from './pulse-thread.ts';

export interface ReceiverOptions {
  /** What the receiver's clock gains on this machine's, ppm. */
  readonly fastPpm: number;
  /** Takes its bytes. */
  readonly say: (text: string) => void;
}

/** Sentences come so long after the pulse, ms. */
const BURST_AFTER_MS = 180;

export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #since = hostNow();
  readonly #thread: Worker;
  #timer: NodeJS.Timeout | undefined;
  #second = 0;
  bytes = true;

  constructor(machine: Machine, options: ReceiverOptions) {
    this.#options = options;
    const workerData: PulseThreadData = {
      socket: machine.monitor,
      origin: hostNow() - Number(process.hrtime.bigint()) / 1e6,
      since: this.#since,
      fastPpm: options.fastPpm,
    };
    this.#thread = new Worker(new URL('./pulse-thread.js', import.meta.url), { workerData });
    this.#plan();
  }

  /** On the machine's serial port, with the time of this one. */
  static on(machine: Machine): Receiver {
    return new Receiver(machine, { fastPpm: 0, say: (text) => machine.say(text) });
  }

  set pulses(on: boolean) {
    this.#thread.postMessage(on);
  }

  /** What its clock is ahead of this machine's by now, ms. */
  get ahead(): number {
    return (hostNow() - this.#since) * this.#options.fastPpm * 1e-6;
  }

  end(): void {
    clearTimeout(this.#timer);
    void this.#thread.terminate();
  }

  #plan(): void {
    const now = hostNow() + this.ahead;
    // Timers may be early: each second has its sentences once.
    this.#second = Math.max(Math.floor((now - BURST_AFTER_MS) / 1000), this.#second) + 1;
    const second = this.#second;
    this.#timer = setTimeout(
      () => {
        if (this.bytes) this.#options.say(burst(new Date(second * 1000)));
        this.#plan();
      },
      second * 1000 + BURST_AFTER_MS - now,
    );
  }
}

function burst(date: Date): string {
  const iso = date.toISOString();
  const time = `${iso.slice(11, 19).replaceAll(':', '')}.00`;
  const day = `${iso.slice(8, 10)}${iso.slice(5, 7)}${iso.slice(2, 4)}`;
  const where = '4717.1150,N,00833.9170,E';
  return [
    `GPRMC,${time},A,${where},0.0,0.0,${day},,,A`,
    `GPGGA,${time},${where},1,09,0.9,499.6,M,48.0,M,,`,
    'GPGSA,A,3,01,02,03,04,05,06,07,08,09,,,,1.6,0.9,1.3',
  ]
    .map(sealed)
    .join('');
}
