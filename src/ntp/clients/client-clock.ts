/**
 * What a request tells of its client's clock. RFC 5905 has the client's time in the transmit field, but modern clients
 * put a random number there, or nothing: so an offset counts only when two requests in a row tell the same.
 */
import { fractionWord, secondsWord } from '../../time/ntp-timestamp.ts';
import type { Exchange } from '../exchange.ts';
import { CLOCK } from './client-record.ts';

/** Two requests agree within this much, and within 0.1 % of the time between them. */
const AGREE_SECONDS = 1;
const AGREE_SHARE = 0.001;
const FROZEN_SECONDS = 0.001;
const TWO_32 = 4_294_967_296;

/** In fields, since numbers that are not whole would be allocated when they are handed from function to function. */
export class ClientClock {
  /** Seconds, the client's clock minus ours (it includes the way here), less than 68 years; and of the request before. */
  offset = 0;
  before = 0;
  /** Seconds since the request before. */
  elapsed = 0;

  /** Sets `offset`; false where the request tells nothing. */
  read(exchange: Exchange): boolean {
    const { requestTransmitSeconds: seconds, requestTransmitFraction: fraction, receive } = exchange;
    if (!receive.synchronised || (seconds === 0 && fraction === 0)) return false;
    const ours = fractionWord(receive) >>> 0;
    this.offset = ((seconds - secondsWord(receive.seconds)) | 0) + ((fraction >>> 0) - ours) / TWO_32;
    return true;
  }

  /** What two offsets in a row tell together. */
  stateAfter(state: number): number {
    if (state === CLOCK.unknown) return CLOCK.told;
    const change = this.offset - this.before;
    // The stamp itself stood still since the request before: it is no clock's.
    if (Math.abs(change + this.elapsed) < FROZEN_SECONDS) return CLOCK.told;
    const most = AGREE_SECONDS + AGREE_SHARE * Math.max(0, this.elapsed);
    return Math.abs(change) <= most ? CLOCK.agreed : CLOCK.told;
  }
}
