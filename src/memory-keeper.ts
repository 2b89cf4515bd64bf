/** What outlives a restart: recalled when the appliance is made, saved every half hour and when it stops. */
import type { Logger } from 'pino';
import type { LocalClock } from '../hw/ports.ts';
import { type LearnedLeap, type Memory, recall, remember } from './saved-state.ts';
import type { Status } from './status/status.ts';
import { formatUtc } from './time/utc.ts';
import type { TimeKeeper } from './time-keeper.ts';

export class MemoryKeeper {
  readonly recalled: Memory;
  readonly #directory: string | undefined;
  readonly #log: Logger;
  readonly #leaps: LearnedLeap[];
  #savedAt: string | null = null;
  #problem: string;

  /** `directory`: undefined: nothing is kept. */
  constructor(directory: string | undefined, log: Logger) {
    this.#directory = directory;
    this.#log = log;
    const { memory, problem } =
      directory === undefined ? { memory: { leaps: [], sameBoot: false }, problem: '' } : recall(directory);
    this.recalled = memory;
    this.#leaps = [...memory.leaps];
    this.#problem = problem;
    if (problem !== '') log.warn(problem);
    const { drift } = memory;
    if (drift)
      log.info(
        { ratePpm: drift.ratePpb / 1000, sigmaPpm: drift.sigmaPpb / 1000, temperatureC: drift.temperatureC },
        'drift recalled',
      );
  }

  /** Leap seconds that no table had when they were learned. */
  get leaps(): readonly LearnedLeap[] {
    return this.#leaps;
  }

  get state(): Status['savedState'] {
    return { savedAt: this.#savedAt, problem: this.#problem };
  }

  addLeap({ day, direction }: LearnedLeap): void {
    this.#leaps.push({ day, direction });
    const date = formatUtc({ day, second: 0, nanos: 0 }).slice(0, 10);
    this.#log.warn({ date, direction }, 'leap second learned');
  }

  /** Only what was learned while serving is worth keeping. `temperature` in °C. */
  async save(
    { discipline, leapTable, steeringRate }: TimeKeeper,
    clock: LocalClock,
    temperature: number | undefined,
  ): Promise<void> {
    const now = clock.now();
    const estimate = discipline.estimateAt(now);
    if (this.#directory === undefined || !estimate || !discipline.serving) return;
    const savedAt = formatUtc(leapTable.toUtc(estimate.tai), 3);
    this.#problem = await remember(this.#directory, savedAt, {
      drift: {
        ratePpb: -estimate.rate - steeringRate,
        sigmaPpb: estimate.rateSigma,
        temperatureC: temperature ?? null,
      },
      time: {
        localSeconds: now.seconds,
        localNanos: now.nanos,
        taiSeconds: estimate.tai.seconds,
        taiNanos: estimate.tai.nanos,
        boundSeconds: discipline.boundAt(now).bound / 1e9,
      },
      leaps: this.#leaps,
      learned: discipline.save(),
    });
    if (this.#problem === '') this.#savedAt = savedAt;
    else this.#log.error(this.#problem);
  }
}
