/**
 * A world, a stretch of virtual time, and a client that asks once a second and keeps account: the promise under
 * test is that no synchronised answer is ever further from the truth than it says.
 */
import { VirtualTime } from '../../hw/sim/virtual-time.ts';
import { createWorld, type World, type WorldOptions } from '../../hw/sim/world.ts';
import { createClockBlock } from '../../src/clock/clock-block.ts';
import type { LockState } from '../../src/discipline/lock-state.ts';
import { add, type Instant } from '../../src/time/instant.ts';
import type { LeapTable } from '../../src/time/leap-table.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { parseUtc } from '../../src/time/utc.ts';
import { TimeKeeper, type TimeKeeperOptions } from '../../src/time-keeper.ts';
import { type Answer, VirtualClient } from './virtual-client.ts';

export interface ScenarioOptions {
  /** ISO 8601 UTC. */
  readonly start: string;
  readonly seed?: number;
  readonly world?: Partial<WorldOptions>;
  /** The appliance's leap table; the truth's and the receiver's is `skyTable`. Both default to the shipped one. */
  readonly table?: LeapTable;
  readonly skyTable?: LeapTable;
  readonly keeper?: Partial<Omit<TimeKeeperOptions, 'reference' | 'discipline'>> & {
    readonly reference?: Partial<TimeKeeperOptions['reference']>;
    readonly discipline?: Partial<TimeKeeperOptions['discipline']>;
  };
  /** Seconds between turns of the keeper and questions of the client. */
  readonly every?: number;
}

export interface Tally {
  asked: number;
  /** Synchronised answers (LI other than 3) whose error exceeded their root dispersion. */
  lies: number;
  worst: string;
  synchronised: number;
  maxError: number;
  maxDispersion: number;
  leaps: Set<number>;
}

export class Scenario {
  readonly time: VirtualTime;
  readonly world: World;
  readonly keeper: TimeKeeper;
  readonly client: VirtualClient;
  readonly alarms: string[] = [];
  readonly states: { readonly at: number; readonly to: LockState }[] = [];
  readonly skyTable: LeapTable;
  tally: Tally = emptyTally();
  last: Answer | undefined;
  readonly #start: Instant<'TAI'>;

  constructor(options: ScenarioOptions) {
    this.skyTable = options.skyTable ?? shippedTable().table;
    const start = parseUtc(options.start);
    if (!start) throw new Error(`not a time: ${options.start}`);
    this.#start = this.skyTable.toTai(start);
    this.time = new VirtualTime(this.#start);
    this.world = createWorld({
      seed: options.seed ?? 1,
      truth: this.time,
      timers: this.time,
      leapTable: this.skyTable,
      ...options.world,
    });
    const clockBlock = createClockBlock();
    this.keeper = new TimeKeeper(
      this.world.clock,
      options.table ?? shippedTable().table,
      clockBlock,
      keeperOptions(options, start.day),
      {
        stateChanged: (_, to) => this.states.push({ at: this.elapsed, to }),
        alarm: (text) => this.alarms.push(text),
      },
    );
    this.client = new VirtualClient(this.world.clock, clockBlock);
    this.#connect(options.every ?? 1);
  }

  get elapsed(): number {
    return this.time.now().seconds - this.#start.seconds + this.time.now().nanos / 1e9;
  }

  get state(): LockState {
    return this.keeper.discipline.state;
  }

  run(seconds: number): this {
    this.time.runFor(seconds);
    return this;
  }

  /** Runs until the condition holds, at most `limit` seconds; returns how many it took. */
  until(condition: () => boolean, limit: number): number {
    const from = this.elapsed;
    while (!condition() && this.elapsed - from < limit) this.time.runFor(0.25);
    if (!condition()) throw new Error(`not within ${limit} s: ${this.state}, ${this.reason}`);
    return this.elapsed - from;
  }

  get reason(): string {
    return this.keeper.reason(this.world.clock.now());
  }

  /** Starts the account anew; returns the old one. */
  settle(): Tally {
    const { tally } = this;
    this.tally = emptyTally();
    return tally;
  }

  ask(): Answer {
    const now = this.time.now();
    const answer = this.client.ask(now, this.skyTable);
    this.last = answer;
    const { tally } = this;
    tally.asked++;
    tally.leaps.add(answer.leap);
    if (answer.leap === 3) return answer;
    tally.synchronised++;
    const size = Math.abs(answer.error);
    tally.maxError = Math.max(tally.maxError, size);
    tally.maxDispersion = Math.max(tally.maxDispersion, answer.dispersion);
    if (size > answer.dispersion) {
      tally.lies++;
      tally.worst = `at ${this.elapsed.toFixed(2)} s: error ${answer.error} ns, dispersion ${answer.dispersion} ns`;
    }
    return answer;
  }

  #connect(every: number): void {
    const { keeper, time } = this;
    let cancelQuiet = () => {};
    this.world.serial.open({
      state: () => {},
      bytes: (chunk) => {
        keeper.bytes(chunk);
        cancelQuiet();
        cancelQuiet = time.after(100, () => keeper.lineQuiet());
      },
    });
    this.world.pps.open({ state: () => {}, edge: (edge) => keeper.edge(edge) });
    const { world } = this;
    time.every(every * 1000, () =>
      keeper.turn({ temperature: world.thermometer.read(), load: world.load.read() }, time.monotonic()),
    );
    // Between two turns, where the published model is oldest.
    time.at(add(this.#start, 730_000_000), () => time.every(every * 1000, () => this.ask()));
  }
}

function emptyTally(): Tally {
  return { asked: 0, lies: 0, worst: '', synchronised: 0, maxError: 0, maxDispersion: 0, leaps: new Set() };
}

function keeperOptions({ keeper }: ScenarioOptions, day: number): TimeKeeperOptions {
  return {
    steer: false,
    publisher: { refid: 'GPS', precision: -24, boundLimit: 10e6 },
    ...keeper,
    reference: { agreement: 4, buildDay: day - 30, holdForLeapSeconds: true, ...keeper?.reference },
    discipline: {
      lockLimit: { kernel: 10_000, user: 100_000 },
      holdoverLimit: 10e6,
      delay: 0,
      ...keeper?.discipline,
    },
  };
}
