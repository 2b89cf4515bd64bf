/**
 * What a request tells of its client's clock. RFC 5905 has the client's time in the transmit field, but modern clients
 * put a random number there, or nothing: so an offset counts only when two requests in a row tell the same.
 */
import { fractionFromNanos, ntpSeconds } from '../../time/ntp-timestamp.ts';
import type { Exchange } from '../exchange.ts';
import { CLOCK } from './client-record.ts';

/** Two requests agree within this much, and within 0.1 % of the time between them. */
const AGREE_SECONDS = 1;
const AGREE_SHARE = 0.001;
const FROZEN_SECONDS = 0.001;
const TWO_32 = 4_294_967_296;

/** Seconds, the client's clock minus ours (it includes the way here), less than 68 years; NaN: nothing told. */
export function clockOffsetOf(exchange: Exchange): number {
  const { requestTransmitSeconds: seconds, requestTransmitFraction: fraction, receive } = exchange;
  if (!receive.synchronised || (seconds === 0 && fraction === 0)) return Number.NaN;
  return (
    ((seconds - ntpSeconds(receive.seconds)) | 0) + (fraction - fractionFromNanos(receive.nanos)) / TWO_32
  );
}

/** What two offsets in a row, `seconds` apart, tell together. */
export function clockStateAfter(state: number, before: number, offset: number, seconds: number): number {
  if (state === CLOCK.unknown) return CLOCK.told;
  const change = offset - before;
  // The stamp itself stood still since the request before: it is no clock's.
  if (Math.abs(change + seconds) < FROZEN_SECONDS) return CLOCK.told;
  return Math.abs(change) <= AGREE_SECONDS + AGREE_SHARE * Math.max(0, seconds) ? CLOCK.agreed : CLOCK.told;
}
