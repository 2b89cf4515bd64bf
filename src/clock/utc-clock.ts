/** The time of day for records: the served time, or what the local clock believes while nothing is served. */
import type { LocalClock } from '../../hw/ports.ts';
import { NANOS_PER_MILLI } from '../time/units.ts';
import type { UtcClock } from '../time/utc-clock.ts';
import type { ClockBlock } from './clock-block.ts';
import { createServedTime, servedTimeAt } from './served-time.ts';

/** `block`: what is published now. */
export function servedUtc(clock: LocalClock, block: () => Readonly<ClockBlock>): UtcClock {
  const served = createServedTime();
  return () => {
    const { seconds, nanos } = clock.now();
    servedTimeAt(block(), seconds, nanos, served);
    const trusted = served.synchronised;
    const time = trusted ? served : { seconds, nanos };
    return { millis: time.seconds * 1000 + Math.floor(time.nanos / NANOS_PER_MILLI), trusted };
  };
}
