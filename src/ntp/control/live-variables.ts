/** System variables whose value is that of the moment the answer is written: no older than its time answers' fields. */
import type { ServedTime } from '../../clock/served-time.ts';
import { ntpFromPosix } from '../../time/ntp-timestamp.ts';
import { NANOS_PER_SECOND } from '../../time/units.ts';
import type { Variable } from './control-block.ts';

const LEAP_UNSYNCHRONISED = 3;
const UNSPECIFIED_STRATUM = 16;
const NS_PER_MS = 1_000_000;

/** Leap indicator of an answer, 0–3. */
export function leapOf(now: Readonly<ServedTime>): number {
  return now.synchronised ? now.leap : LEAP_UNSYNCHRONISED;
}

/** The variable as it is now, where the block's value may be up to a second old; others as they are. */
export function atAnswer([name, value]: Variable, now: Readonly<ServedTime>): Variable {
  switch (name) {
    case 'clock':
      return [name, hexTimestamp(now.seconds, now.nanos)];
    case 'leap':
      return [name, String(leapOf(now))];
    case 'stratum':
      return [name, now.synchronised ? value : String(UNSPECIFIED_STRATUM)];
    case 'rootdelay':
      return [name, now.synchronised ? value : milliseconds(NANOS_PER_SECOND)];
    case 'rootdisp':
      // One second while unsynchronised: what the header of a time answer says then.
      return [name, milliseconds(now.synchronised ? now.bound : NANOS_PER_SECOND)];
    case 'rootdist':
      return [name, milliseconds(now.synchronised ? now.bound : NANOS_PER_SECOND * 1.5)];
    default:
      return [name, value];
  }
}

/** A POSIX time as ntpq reads it: `0xSECONDS.FRACTION`, 32 bits each, of the NTP era. */
export function hexTimestamp(seconds: number, nanos: number): string {
  const stamp = ntpFromPosix(seconds, nanos);
  return `0x${hex32(stamp.seconds)}.${hex32(stamp.fraction)}`;
}

/** Rounded up to the nanosecond: these are bounds. */
function milliseconds(nanos: number): string {
  return (Math.ceil(nanos) / NS_PER_MS).toFixed(6);
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
