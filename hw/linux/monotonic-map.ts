/**
 * CLOCK_MONOTONIC stamps as CLOCK_REALTIME, for kernels whose GPIO events are monotonic only (before 5.11).
 */
import { add, type Instant, instant } from '../../src/time/instant.ts';
import { NANOS_PER_SECOND } from '../../src/time/units.ts';
import { CLOCK_MONOTONIC, CLOCK_REALTIME, type Syscalls } from './syscalls.ts';

/** An interruption between two readings widens that try only; the narrowest of these is used. */
const TRIES = 5;

/**
 * The local reading at a monotonic stamp, correct to half the time that two clock readings take (below 1 µs,
 * typically). To be called soon after the stamp: a step or a slew in between goes into the result.
 */
export function monotonicToLocal(sys: Syscalls, seconds: number, nanos: number): Instant<'Local'> {
  const before = new Float64Array(2);
  const real = new Float64Array(2);
  const after = new Float64Array(2);
  let narrowest = Number.POSITIVE_INFINITY;
  let best = instant<'Local'>(0);
  for (let i = 0; i < TRIES; i++) {
    sys.readClock(CLOCK_MONOTONIC, before);
    sys.readClock(CLOCK_REALTIME, real);
    sys.readClock(CLOCK_MONOTONIC, after);
    const width = elapsed(before, after);
    if (width >= narrowest) continue;
    narrowest = width;
    const age =
      ((before[0] as number) - seconds) * NANOS_PER_SECOND + (before[1] as number) - nanos + width / 2;
    best = add(instant(real[0] as number, real[1] as number), -age);
  }
  return best;
}

function elapsed(from: Float64Array, to: Float64Array): number {
  return (
    ((to[0] as number) - (from[0] as number)) * NANOS_PER_SECOND + (to[1] as number) - (from[1] as number)
  );
}
