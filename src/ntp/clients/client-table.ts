/**
 * Who asks: a record per source address, kept by the answer threads in memory that all of them share.
 */
import { SharedTable } from '../../access/shared-table.ts';
import { createSharedTable } from '../../access/shared-table-places.ts';
import type { Exchange } from '../exchange.ts';
import { CODE, type OutcomeCode } from '../outcomes.ts';
import { ClientClock } from './client-clock.ts';
import { rankOf, worthOf } from './client-rank.ts';
import {
  CLOCK_SHIFT,
  COUNTS_HALF,
  DOUBLE,
  isAnswered,
  isDropped,
  isRecorded,
  isTimeRequest,
  MODE_SHIFT,
  POLL_SHIFT,
  RECORD_BYTES,
  SMOOTHING,
  VERSION_SHIFT,
  WORD,
} from './client-record.ts';

const DEFAULT_CAPACITY = 100_000;
/** So much more room that, with two places to choose from, next to none of `capacity` clients is left out. */
const SPARE = 1.3;
/** One of so many newcomers is let in where only regular clients could make room. */
const ADMIT_ONE_IN = 64;

/** Memory for `capacity` clients; 26 MB for the default of 100,000. */
export function createClientTable(capacity = DEFAULT_CAPACITY): SharedArrayBuffer {
  return createSharedTable(Math.ceil(capacity * SPARE), RECORD_BYTES);
}

/** One answer thread's hand on the table. */
export class ClientRecorder extends SharedTable {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #singles: Float32Array;
  readonly #halves: Uint16Array;
  #seconds = 0;
  #random: number;
  #admit = false;
  readonly #clock = new ClientClock();

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    const { words, hash } = this.places;
    this.#words = words;
    this.#doubles = new Float64Array(memory);
    this.#singles = new Float32Array(memory);
    this.#halves = new Uint16Array(memory);
    hash.hash();
    this.#random = hash.a || 1;
  }

  /**
   * Takes note of one datagram: `exchange` after `respond()`, and what became of it, at `now`. Sources that can't be clients (multicast, port 0, our own sockets) are passed over.
   */
  record(exchange: Exchange, code: OutcomeCode): void {
    if (!isRecorded(code)) return;
    const { hash } = this.places;
    hash.load(exchange.sourceAddress, exchange.addressAt);
    hash.hash();
    this.#seconds = (this.now / 1000) | 0;
    this.#admit = this.#throw();
    const at = this.acquire();
    if (at < 0) return;
    this.#count(at, exchange, code);
    if (isTimeRequest(code)) this.#noteRequest(at, exchange);
    const doubles = at >> 1;
    this.#doubles[doubles + DOUBLE.lastSeen] = this.now;
    const packets = (this.#words[at + WORD.packets] as number) >>> 0;
    const known = ((this.now - (this.#doubles[doubles + DOUBLE.firstSeen] as number)) / 1000) | 0;
    this.setRank(rankOf(packets, known, this.#seconds));
    this.release();
  }

  protected override holds(record: number): boolean {
    const at = record + WORD.address;
    const words = this.#words;
    const { key } = this.places.hash;
    // The last word first: it differs the most.
    for (let i = 3; i >= 0; i--) if (words[at + i] !== key[i]) return false;
    return true;
  }

  protected override begin(at: number): void {
    this.#words.fill(0, at, at + RECORD_BYTES / 4);
    const { key } = this.places.hash;
    for (let i = 0; i < 4; i++) this.#words[at + WORD.address + i] = key[i] as number;
    this.#doubles[(at >> 1) + DOUBLE.firstSeen] = this.now;
  }

  protected override worthOf(rank: number): number {
    return worthOf(rank, this.#seconds, this.#admit);
  }

  #count(at: number, exchange: Exchange, code: OutcomeCode): void {
    this.#bump(at + WORD.packets);
    if (isAnswered(code)) {
      this.#bump(at + WORD.answered);
      if (code === CODE['served-interleaved']) this.#bump(at + WORD.interleaved);
      const authenticated = exchange.key >= 0;
      if (authenticated) this.#bump(at + WORD.authenticated);
      this.#words[at + WORD.keyId] = authenticated ? exchange.keyId : 0;
      return;
    }
    const half = at * 2 + COUNTS_HALF + code;
    const count = this.#halves[half] as number;
    if (count < 0xffff) this.#halves[half] = count + 1;
    if (!isDropped(code)) return;
    this.#bump(at + WORD.dropped);
    this.#words[at + WORD.lastDropCode] = code + 1;
    this.#doubles[(at >> 1) + DOUBLE.lastDrop] = this.now;
  }

  #noteRequest(at: number, exchange: Exchange): void {
    this.#clock.elapsed = (this.now - (this.#doubles[(at >> 1) + DOUBLE.lastSeen] as number)) / 1000;
    this.#noteInterval(at);
    const clock = this.#noteClock(at, exchange);
    const { sourcePort, version, mode, poll } = exchange;
    const kind = (version << VERSION_SHIFT) | (mode << MODE_SHIFT) | (clock << CLOCK_SHIFT);
    this.#words[at + WORD.last] = sourcePort | kind | (poll << POLL_SHIFT);
  }

  #noteInterval(at: number): void {
    const seconds = this.#clock.elapsed;
    const known = this.#words[at + WORD.requests] as number;
    if (known > 0 && !(seconds > 0)) return;
    if (known > 0) {
      const mean = this.#singles[at + WORD.interval] as number;
      this.#singles[at + WORD.interval] = mean + (seconds - mean) / Math.min(known, SMOOTHING);
    }
    if (known <= SMOOTHING) this.#words[at + WORD.requests] = known + 1;
  }

  #noteClock(at: number, exchange: Exchange): number {
    const state = ((this.#words[at + WORD.last] as number) >> CLOCK_SHIFT) & 3;
    const clock = this.#clock;
    if (!clock.read(exchange)) return state;
    const place = (at >> 1) + DOUBLE.clockOffset;
    clock.before = this.#doubles[place] as number;
    this.#doubles[place] = clock.offset;
    return clock.stateAfter(state);
  }

  /** Adds 1 and stays at the largest value. */
  #bump(at: number): void {
    const value = this.#words[at] as number;
    if (value !== -1) this.#words[at] = value + 1;
  }

  /** True one time in `ADMIT_ONE_IN` (xorshift). */
  #throw(): boolean {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return x >>> 0 < 4_294_967_296 / ADMIT_ONE_IN;
  }
}
