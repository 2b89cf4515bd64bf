/** Whether interleaved answers tell when the answer before left, and only to the client that got it: RFC 9769. */
import { type NtpTimestamp, ntpFromPosix } from '../../../src/time/ntp-timestamp.ts';
import { must } from '../target.ts';
import { type Exchanged, headerOf, secondsBetween } from './checks.ts';

/** More than the server's tables hold. */
const REMEMBERED = 20_000;
/** How long a batch takes, and what may be added for signatures, s. */
const BATCH_SECONDS = 1e-3;

export class DepartureWatch {
  readonly #arrived = new Map<string, NtpTimestamp>();

  /** In the order in which they were answered. */
  see(exchanged: Exchanged): void {
    const { source, outcome, request, answer } = exchanged;
    if (answer.length < 48 || outcome === 'control-answered') return;
    if (outcome === 'served-interleaved') {
      const asked = headerOf(request.bytes);
      const before = this.#arrived.get(nameOf(source.address, asked.origin));
      must(
        before !== undefined,
        'interleaved, but the origin is no receive stamp of an answer to this client',
      );
      const took = secondsBetween(before as NtpTimestamp, headerOf(answer).transmit);
      must(took > 0 && took < BATCH_SECONDS, `the answer before left after ${took} s`);
    }
    const oldest = this.#arrived.keys().next();
    if (this.#arrived.size >= REMEMBERED && !oldest.done) this.#arrived.delete(oldest.value);
    const arrived = ntpFromPosix(exchanged.seconds, exchanged.nanos);
    this.#arrived.set(nameOf(source.address, headerOf(answer).receive), arrived);
  }
}

function nameOf(address: Uint8Array, stamp: NtpTimestamp): string {
  return `${Buffer.from(address).toString('latin1')} ${stamp.seconds} ${stamp.fraction}`;
}
