/** A reference driver with a receiver that is right unless told otherwise: one edge and one burst a second. */
import type { Edge } from '../../hw/ports.ts';
import type { Burst } from '../../src/nmea/burst.ts';
import {
  type PhaseSample,
  ReferenceDriver,
  type ReferenceOptions,
} from '../../src/reference/reference-driver.ts';
import { add, type Instant, instant, secondsBetween } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { parseUtc, type UtcReading } from '../../src/time/utc.ts';

export const TABLE = shippedTable().table;
export const dayOf = (text: string): number => parseUtc(text)?.day ?? Number.NaN;
export const taiOf = (text: string, table: LeapTable = TABLE): Instant<'TAI'> =>
  table.toTai(parseUtc(text) as UtcReading);

/** How one second differs from a good one. `burst`: false for none, or what it says otherwise. */
export interface Twist {
  readonly edge?: false | Partial<Edge>;
  readonly burst?: false | Partial<Burst>;
  /** Seconds from the true second to the burst. */
  readonly delay?: number;
  /** Seconds that the receiver's time is ahead. */
  readonly ahead?: number;
}

export interface BenchOptions extends Partial<ReferenceOptions> {
  /** ISO 8601 UTC of the first second. */
  readonly start?: string;
  /** The truth's leap table; the driver has the shipped one. */
  readonly sky?: LeapTable;
  /** Whether the clock keeps time by itself, and is asked. */
  readonly kept?: boolean;
}

export class Bench {
  readonly driver: ReferenceDriver;
  readonly samples: PhaseSample[] = [];
  readonly leaps: [day: number, direction: 1 | -1][] = [];
  readonly sky: LeapTable;
  readonly #start: Instant<'TAI'>;
  /** True seconds since the start. */
  now = 0;

  constructor(options: BenchOptions = {}) {
    this.sky = options.sky ?? TABLE;
    this.#start = taiOf(options.start ?? '2026-12-05T12:00:00Z', this.sky);
    const { start: _, sky: __, kept, ...rest } = options;
    const keptTime = (at: Instant<'Local'>) => (kept ? { tai: this.taiAt(at), bound: 1e-5 } : undefined);
    this.driver = new ReferenceDriver(
      TABLE,
      { agreement: 4, buildDay: dayOf('2026-11-21'), holdForLeapSeconds: true, keptTime, ...rest },
      {
        sample: (sample) => this.samples.push(sample),
        leapLearned: (day, direction) => this.leaps.push([day, direction]),
      },
    );
  }

  /** The local clock reads something of its own, but runs true. */
  local(seconds: number): Instant<'Local'> {
    return add(instant<'Local'>(5000), Math.round(seconds * 1e9));
  }

  taiAt(at: Instant<'Local'>): Instant<'TAI'> {
    return add(this.#start, secondsBetween(at, this.local(0)) * 1e9);
  }

  get status() {
    return this.driver.status();
  }

  edge(more: Partial<Edge> = {}): void {
    const good: Edge = {
      at: this.local(this.now),
      sequence: 0,
      polarity: 'assert',
      stampedBy: 'kernel',
      timescale: 'realtime',
    };
    this.driver.edge({ ...good, ...more });
  }

  burst(delay = 0.3, ahead = 0, more: Partial<Burst> = {}): void {
    const { day, second, nanos } = this.sky.toUtc(add(this.taiAt(this.local(this.now)), ahead * 1e9));
    const startedAt = this.local(this.now + delay);
    this.driver.burst(stripped({ startedAt, fix: true, day, time: { second, nanos }, ...more }));
  }

  /** Lets `seconds` pass, each with an edge and a burst, twisted alike. */
  run(seconds: number, twist: Twist = {}): this {
    for (let i = 0; i < seconds; i++) {
      if (twist.edge !== false) this.edge(twist.edge);
      if (twist.burst !== false) this.burst(twist.delay, twist.ahead, twist.burst);
      this.now++;
    }
    return this;
  }

  /** Samples whose name is not the true second of their edge. */
  get lies(): number {
    return this.samples.filter(({ local, tai }) => {
      const truth = this.taiAt(local);
      return truth.seconds !== tai.seconds || truth.nanos !== tai.nanos;
    }).length;
  }
}

/** Absent is absent: an override of undefined takes the field away, but for `fix`. */
function stripped(burst: { [K in keyof Burst]: Burst[K] | undefined }): Burst {
  const kept = Object.entries(burst).filter(([key, value]) => value !== undefined || key === 'fix');
  return Object.fromEntries(kept) as unknown as Burst;
}
