/** The receiver: NMEA and pulses, in real time, by a clock that is this machine's or runs faster. */
import { sealed } from '../../src/nmea/checksum.ts';
import { hostNow } from './host-clock.ts';
import type { Machine } from './machine.ts';

export interface ReceiverOptions {
  /** What the receiver's clock gains on this machine's, ppm. */
  readonly fastPpm: number;
  /** Takes its bytes. */
  readonly say: (text: string) => void;
}

/** Sentences come so long after the pulse, ms. */
const BURST_AFTER_MS = 180;
/** Timers are late by about this much, ms; the rest is waited for in a loop. */
const EARLY_MS = 4;

export class Receiver {
  readonly #machine: Machine;
  readonly #options: ReceiverOptions;
  readonly #since = hostNow();
  #ended = false;
  pulses = true;
  bytes = true;

  constructor(machine: Machine, options: ReceiverOptions) {
    this.#machine = machine;
    this.#options = options;
    this.#plan();
  }

  /** On the machine's serial port, with the time of this one. */
  static on(machine: Machine): Receiver {
    return new Receiver(machine, { fastPpm: 0, say: (text) => machine.say(text) });
  }

  /** What its clock is ahead of this machine's by now, ms. */
  get ahead(): number {
    return (hostNow() - this.#since) * this.#options.fastPpm * 1e-6;
  }

  end(): void {
    this.#ended = true;
  }

  get #now(): number {
    return hostNow() + this.ahead;
  }

  #plan(): void {
    const second = Math.floor(this.#now / 1000) + 1;
    setTimeout(
      () => {
        if (this.#ended) return;
        this.#second(second);
        this.#plan();
      },
      second * 1000 - this.#now - EARLY_MS,
    );
  }

  #second(second: number): void {
    while (this.#now < second * 1000);
    if (this.pulses) this.#machine.pulse();
    setTimeout(() => {
      if (this.bytes && !this.#ended) this.#options.say(burst(new Date(second * 1000)));
    }, BURST_AFTER_MS);
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
