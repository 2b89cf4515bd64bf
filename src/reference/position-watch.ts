/**
 * A time server stands still. A position that jumps is a receiver that is being lied to, or one that was carried
 * away: either way its time is not to be believed for a while.
 */
import { type Instant, secondsBetween } from '../time/instant.ts';

export interface PositionWatchOptions {
  /** Metres from where it stood; 0: not watched. */
  readonly limit: number;
  /** Seconds for which a new position must stand before it is the right one; 0: never. */
  readonly acceptAfter: number;
}

interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

const METRES_PER_DEGREE = 111_195;
/** Fixes over which the home position is averaged. */
const MEMORY = 600;
/** Fixes in a row, all within the limit of each other, before there is a home: a garbled one must not become it. */
const AGREEING = 5;

export class PositionWatch {
  readonly #options: PositionWatchOptions;
  #home: Position | undefined;
  #fixes = 0;
  #awaySince: Instant<'Local'> | undefined;
  #distance = 0;

  constructor(options: PositionWatchOptions) {
    this.#options = options;
  }

  /** A position with a valid fix, degrees. */
  take(at: Instant<'Local'>, position: Position): void {
    this.#home ??= position;
    this.#distance = metresBetween(this.#home, position);
    const { limit, acceptAfter } = this.#options;
    if (limit === 0 || this.#distance <= limit) {
      this.#awaySince = undefined;
      this.#settle(position);
      return;
    }
    if (this.#fixes < AGREEING) {
      this.#move(position);
      return;
    }
    this.#awaySince ??= at;
    if (acceptAfter === 0 || secondsBetween(at, this.#awaySince) < acceptAfter) return;
    this.#move(position);
    this.#awaySince = undefined;
  }

  /** What is wrong with where the receiver claims to be, or undefined. */
  get objection(): string | undefined {
    return this.#awaySince ? `${Math.round(this.#distance)} m from where it stood` : undefined;
  }

  #move(position: Position): void {
    this.#home = position;
    this.#fixes = 1;
  }

  #settle(position: Position): void {
    const home = this.#home as Position;
    this.#fixes = Math.min(MEMORY, this.#fixes + 1);
    const part = 1 / this.#fixes;
    this.#home = {
      latitude: home.latitude + part * (position.latitude - home.latitude),
      longitude: home.longitude + part * (position.longitude - home.longitude),
    };
  }
}

/** Good to a few per mille over the distances that matter. */
function metresBetween(a: Position, b: Position): number {
  const north = (b.latitude - a.latitude) * METRES_PER_DEGREE;
  const turn = ((((b.longitude - a.longitude + 180) % 360) + 360) % 360) - 180;
  const east = turn * METRES_PER_DEGREE * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(north, east);
}
