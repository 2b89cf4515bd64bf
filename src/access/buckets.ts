/**
 * Token buckets in shared memory, one per IPv4 address or IPv6 /64: how often a client may ask.
 *
 * An address without a bucket has a full one. So where memory is short the bucket that is full again soonest goes
 * first: a flood of forged sources can neither limit a client that asks seldom, nor wipe out the empty bucket of one
 * that asks too often.
 */
import { SharedTable } from './shared-table.ts';
import { createSharedTable } from './shared-table-places.ts';

const DEFAULT_CAPACITY = 262_144;
/** Last answer (float64 ms), answers not yet paid back by time (float32), last kiss (int32 s, 0 = none). */
const RECORD_BYTES = 16;
const OWED = 2;
const KISSED = 3;

/** Ranks count in 1/16 s (and wrap in 8 years). */
const TICKS_PER_MS = 0.016;
/** What takes longer to refill may be forgotten after this time all the same. */
const LONGEST_REFILL_MS = 3_600_000;
const LONGEST_TICKS = LONGEST_REFILL_MS * TICKS_PER_MS + 1;
/** Stamps of different sockets and threads may be this much out of order; more: the clock was stepped. */
const DISORDER_MS = 1_000;

const KISS_EVERY_MS = 64_000;
const KISSES_PER_SECOND = 10;

/** Memory of the buckets; full size (7.2 MB) by default. */
export function createBuckets(capacity = DEFAULT_CAPACITY): SharedArrayBuffer {
  return createSharedTable(capacity, RECORD_BYTES);
}

export class Buckets extends SharedTable {
  readonly #doubles: Float64Array;
  readonly #singles: Float32Array;
  readonly #words: Int32Array;
  /** Times of this thread's last kisses, ms, round robin. */
  readonly #kisses = new Float64Array(KISSES_PER_SECOND).fill(Number.NEGATIVE_INFINITY);
  #kiss = 0;
  #ticks = 0;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.#doubles = new Float64Array(memory, 0, Math.floor(memory.byteLength / 8));
    this.#singles = new Float32Array(memory);
    this.#words = this.places.words;
  }

  /**
   * Takes one token of the bucket of the address whose 16 bytes start at `at`; false: over the limit. Where `now` goes
   * back, no time has passed. `intervalMs`: per answer, 0 = unlimited. `burst`:
   * answers in a row.
   */
  take(addresses: Uint8Array, at: number, intervalMs: number, burst: number): boolean {
    if (!(intervalMs > 0)) return true;
    const record = this.#acquire(addresses, at);
    // A thread that died or sleeps holds the record: a client must not suffer for it.
    if (record < 0) return true;
    const owed = this.#owedNow(record, intervalMs, burst);
    const allowed = owed + 1 <= burst;
    // Over the limit nothing is written: many small refills would each be rounded.
    if (allowed) this.#write(record, owed + 1);
    const refill = Math.min((allowed ? owed + 1 : owed) * intervalMs, LONGEST_REFILL_MS);
    this.setRank(this.#rankOf(record, refill));
    this.release();
    return allowed;
  }

  /** Whether a kiss code may be sent to this client now, and if so takes note: rare per client, capped per thread. */
  mayKiss(addresses: Uint8Array, at: number): boolean {
    const nowMs = this.now;
    if (Math.abs(nowMs - (this.#kisses[this.#kiss] as number)) < 1_000) return false;
    const record = this.#acquire(addresses, at);
    if (record < 0) return false;
    const may = this.#sinceKiss(record) >= KISS_EVERY_MS;
    if (may) this.#words[record + KISSED] = (nowMs / 1000) | 0 || 1;
    // The bucket may take longer than the kiss matters.
    this.raiseRank(this.#rankOf(record, 0));
    this.release();
    if (!may) return false;
    this.#kisses[this.#kiss] = nowMs;
    this.#kiss = (this.#kiss + 1) % KISSES_PER_SECOND;
    return true;
  }

  protected override holds(): boolean {
    // Tag and set together are 46 bits or more of a seeded hash: nobody can aim at another's bucket.
    return true;
  }

  protected override begin(record: number): void {
    this.#doubles[record >> 1] = this.now;
    this.#singles[record + OWED] = 0;
    this.#words[record + KISSED] = 0;
  }

  protected override worthOf(rank: number): number {
    const ticks = (rank - this.#ticks) | 0;
    return ticks > 0 && ticks <= LONGEST_TICKS ? ticks : 0;
  }

  #acquire(addresses: Uint8Array, at: number): number {
    const { hash } = this.places;
    hash.load(addresses, at);
    if (!hash.isMapped()) {
      // IPv6: a client has a whole /64 to ask from.
      hash.key[2] = 0;
      hash.key[3] = 0;
    }
    hash.hash();
    this.#ticks = (this.now * TICKS_PER_MS) | 0;
    return this.acquire();
  }

  /** Answers given and not yet paid back at this time. */
  #owedNow(record: number, intervalMs: number, burst: number): number {
    // The limit may be another since: then nobody owes more than it allows.
    const owed = Math.min(burst, this.#singles[record + OWED] as number);
    const passed = this.now - (this.#doubles[record >> 1] as number);
    if (passed >= 0) return Math.max(0, owed - passed / intervalMs);
    if (passed < -DISORDER_MS) this.#doubles[record >> 1] = this.now;
    return owed;
  }

  #write(record: number, owed: number): void {
    const single = Math.fround(owed);
    // Rounded up: a bucket never gives more than it should.
    this.#singles[record + OWED] = single < owed ? single * (1 + 2 ** -23) : single;
    // Kept where stamps came out of order: what has been paid back must not be paid back again.
    if (this.now > (this.#doubles[record >> 1] as number)) this.#doubles[record >> 1] = this.now;
  }

  #sinceKiss(record: number): number {
    const kissed = this.#words[record + KISSED] as number;
    // Either way: the clock may have been stepped back.
    return kissed === 0 ? Number.POSITIVE_INFINITY : Math.abs(((this.now / 1000 - kissed) | 0) * 1000);
  }

  /** The record matters until the bucket is full and the last kiss is long ago. */
  #rankOf(record: number, refillMs: number): number {
    const kiss = KISS_EVERY_MS - this.#sinceKiss(record);
    return ((this.now + Math.max(refillMs, kiss)) * TICKS_PER_MS) | 0;
  }
}
