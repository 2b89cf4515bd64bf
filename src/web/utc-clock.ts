/**
 * The appliance's time between two of its messages. Each message is late by what it took to come, never early: of
 * the last minute's, the one that was least late tells best.
 */
import type { Status } from '../status/status.ts';
import { recordEach } from './live.ts';

interface Reading {
  readonly arrivedAt: number;
  /** UTC minus the browser's running time, ms. */
  readonly difference: number;
}

const MEMORY_MS = 60_000;
/** A reading this far beyond what is known is no late message: somebody set a clock. */
const STEP_MS = 2000;

export class UtcEstimate {
  #readings: Reading[] = [];

  /** `utc`: ms since 1970; null: the appliance has no time to serve. `now`: of `performance.now()`, ms. */
  take(utc: number | null, now: number): void {
    if (utc === null) {
      this.#readings = [];
      return;
    }
    const difference = utc - now;
    const known = this.at(now);
    if (known !== undefined && Math.abs(utc - known) > STEP_MS) this.#readings = [];
    this.#readings = [
      ...this.#readings.filter(({ arrivedAt }) => now - arrivedAt < MEMORY_MS),
      { arrivedAt: now, difference },
    ];
  }

  /** UTC, ms since 1970. */
  at(now: number): number | undefined {
    if (this.#readings.length === 0) return undefined;
    return now + Math.max(...this.#readings.map(({ difference }) => difference));
  }
}

const estimate = new UtcEstimate();
let isFirst = true;
recordEach((status: Status) => {
  // A stream begins with the latest status there was, which may be a second old.
  if (!isFirst) estimate.take(status.utc === null ? null : Date.parse(status.utc), performance.now());
  isFirst = false;
});

/** The appliance's UTC now, ms since 1970; undefined: it serves none, or nothing has come yet. */
export function applianceUtc(now = performance.now()): number | undefined {
  return estimate.at(now);
}
