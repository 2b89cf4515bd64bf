/** A simulated GNSS receiver: what it sends for an epoch, given its state of health. */
import type { Instant } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import type { UtcReading } from '../../src/time/utc.ts';
import type { Faults } from './faults.ts';
import { parseLeapFault } from './faults.ts';
import type { Random } from './random.ts';
import { burstText, type Navigation, type SentenceType } from './sentences.ts';
import { CONSTELLATIONS, type ConstellationName, type ConstellationView, type Site, Sky } from './sky.ts';

export interface ReceiverOptions {
  /** Epochs a second. At more than one, GSA and GSV come with the whole seconds only. */
  readonly rate: 1 | 2 | 5;
  readonly baud: number;
  /** Bytes that the board's UART hands over in one go. */
  readonly chunkBytes: number;
  /** From the epoch to the first byte: least, and the mean of what exponential jitter adds; milliseconds. */
  readonly delay: number;
  readonly delayJitter: number;
  readonly sentences: readonly SentenceType[];
  readonly constellations: readonly ConstellationName[];
  readonly site: Site;
  /** Seconds from power-up to the first fix. */
  readonly firstFix: number;
  /** Seconds from plugging the antenna in to a fix. */
  readonly reacquisition: number;
}

export const RECEIVER_OPTIONS: ReceiverOptions = {
  rate: 1,
  baud: 38_400,
  chunkBytes: 32,
  delay: 80,
  delayJitter: 12,
  sentences: ['RMC', 'GGA', 'GSA', 'GSV', 'ZDA'],
  constellations: CONSTELLATIONS.map(({ name }) => name),
  site: { latitude: 51.4779, longitude: -0.0015, altitude: 46 }, // Greenwich, where a time ball drops every day
  firstFix: 0,
  reacquisition: 4,
};

/** What works at an instant. */
export interface ReceiverHealth {
  readonly sending: boolean;
  readonly timeKnown: boolean;
  /** A fix, and with it edges. */
  readonly fix: boolean;
}

const METRES_PER_DEGREE = 111_195;
/** The sky moves slowly: it is worked out once in so many seconds; where only satellites are counted, more rarely. */
const SKY_SECONDS = 10;
const SKY_SECONDS_COUNTED = 600;
const RARE: ReadonlySet<SentenceType> = new Set(['GSA', 'GSV']);

export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #faults: Readonly<Faults>;
  readonly #random: Random;
  readonly #sky: Sky;
  readonly #ownTable: LeapTable;
  readonly #all: ReadonlySet<SentenceType>;
  readonly #often: ReadonlySet<SentenceType>;
  readonly #skySeconds: number;
  #table: LeapTable;
  #silentUntil = -Infinity;
  #timeFrom: number;
  #fixFrom: number;
  #view: { key: string; sky: ConstellationView[] } = { key: '', sky: [] };

  constructor(
    options: ReceiverOptions,
    faults: Readonly<Faults>,
    leapTable: LeapTable,
    random: Random,
    now: Instant<'TAI'>,
  ) {
    this.#options = options;
    this.#faults = faults;
    this.#random = random;
    this.#sky = new Sky(options.site, options.constellations, random.fork('sky'));
    this.#ownTable = leapTable;
    this.#table = leapTable;
    this.#all = new Set(options.sentences);
    this.#often = new Set(options.sentences.filter((type) => !RARE.has(type)));
    this.#skySeconds = options.sentences.some((type) => RARE.has(type)) ? SKY_SECONDS : SKY_SECONDS_COUNTED;
    this.#timeFrom = now.seconds + options.firstFix;
    this.#fixFrom = this.#timeFrom;
  }

  /** Silence for `silence` seconds, then no time and no fix for `voidSeconds`. */
  restart(now: Instant<'TAI'>, silence: number, voidSeconds: number): void {
    this.#silentUntil = now.seconds + now.nanos / 1e9 + silence;
    this.#timeFrom = this.#silentUntil + voidSeconds;
    this.#fixFrom = this.#timeFrom;
  }

  antennaBack(now: Instant<'TAI'>): void {
    this.#fixFrom = Math.max(this.#fixFrom, now.seconds + now.nanos / 1e9 + this.#options.reacquisition);
  }

  leapFaultChanged(): void {
    const leap = parseLeapFault(this.#faults.leapSecond);
    this.#table = leap ? this.#ownTable.withLearned(leap.day, leap.direction) : this.#ownTable;
  }

  health(tai: Instant<'TAI'>): ReceiverHealth {
    const now = tai.seconds + tai.nanos / 1e9;
    const sending = now >= this.#silentUntil;
    // A quarter of a microsecond of float64 rounding must not cost an epoch.
    const timeKnown = now >= this.#timeFrom - 1e-6;
    return {
      sending,
      timeKnown,
      fix: sending && !this.#faults.antennaUnplugged && now >= this.#fixFrom - 1e-6,
    };
  }

  /** Milliseconds from the epoch to the first byte. */
  delay(): number {
    return this.#options.delay + this.#random.exponential(this.#options.delayJitter);
  }

  /** The sentences for the epoch that the receiver takes to be `epoch`; `tai` is the true time of it. */
  burst(epoch: Instant<'TAI'>, tai: Instant<'TAI'>): string {
    const health = this.health(tai);
    if (!health.sending) return '';
    const types = epoch.nanos === 0 ? this.#all : this.#often;
    return burstText(this.#navigation(epoch, tai.seconds, health), types);
  }

  #navigation(epoch: Instant<'TAI'>, seconds: number, health: ReceiverHealth): Navigation {
    const { site } = this.#options;
    const sky = this.#skyAt(seconds);
    let used = 0;
    if (health.fix)
      for (const { satellites } of sky) for (const satellite of satellites) if (satellite.used) used++;
    const north = this.#faults.positionJump + this.#random.gaussian(0.6);
    return {
      time: health.timeKnown ? this.#shown(epoch) : undefined,
      valid: health.fix,
      latitude: site.latitude + north / METRES_PER_DEGREE,
      longitude: site.longitude + this.#random.gaussian(0.6) / METRES_PER_DEGREE,
      altitude: site.altitude,
      talker: sky.length === 1 ? (sky[0]?.constellation.talker ?? 'GP') : 'GN',
      // Roughly what geometry gives: 1.2 with six satellites, 0.6 with twenty-four.
      hdop: used > 0 ? Math.max(0.5, 3 / Math.sqrt(used)) : 99.99,
      used,
      sky,
    };
  }

  #shown(epoch: Instant<'TAI'>): UtcReading {
    const utc = this.#table.toUtc(epoch);
    return this.#faults.weeksWrong === 0 ? utc : { ...utc, day: utc.day + 7 * this.#faults.weeksWrong };
  }

  #skyAt(seconds: number): ConstellationView[] {
    const heard = !this.#faults.antennaUnplugged;
    const key = `${Math.floor(seconds / this.#skySeconds)} ${heard}`;
    if (this.#view.key !== key) this.#view = { key, sky: this.#sky.view(seconds, heard) };
    return this.#view.sky;
  }
}
