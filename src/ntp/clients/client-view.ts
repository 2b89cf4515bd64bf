/**
 * A client as people and programs see it: plain data, ready for JSON, units in the names.
 */
import { ADDRESS_BYTES } from '../../access/address.ts';
import { formatAddress } from '../../access/prefix.ts';
import { CODE, OUTCOME_NAMES, OUTCOMES, type OutcomeName } from '../outcomes.ts';
import {
  CLOCK,
  CLOCK_SHIFT,
  COUNTS_HALF,
  DOUBLE,
  MODE_SHIFT,
  POLL_SHIFT,
  VERSION_SHIFT,
  WORD,
} from './client-record.ts';

export interface ClientView {
  readonly address: string;
  /** Source port of the last request for time. */
  readonly port: number;
  /** NTP version, 1–4, and mode of the last request for time; 0: it never sent one. */
  readonly version: number;
  readonly mode: number;
  /** ISO 8601, UTC, by the machine's clock. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Datagrams of every kind. */
  readonly packets: number;
  /** Answers with the time; the next two count those of them in interleaved mode, and with a MAC. */
  readonly answered: number;
  readonly interleaved: number;
  readonly authenticated: number;
  /** Answers with a kiss code; each outcome up to 65535. */
  readonly kisses: number;
  /** Control queries answered, up to 65535. */
  readonly queries: number;
  readonly dropped: number;
  /** By reason, each up to 65535. */
  readonly drops: Readonly<Partial<Record<OutcomeName, number>>>;
  readonly lastDrop: { readonly outcome: OutcomeName; readonly at: string } | null;
  /** Key that the last answered request was proven to come from. */
  readonly keyId: number | null;
  /** The poll interval that its requests announce. */
  readonly pollSeconds: number | null;
  /** The interval measured, smoothed. */
  readonly intervalSeconds: number | null;
  /** Its clock minus ours, less than 68 years; null where its requests do not tell. */
  readonly clockOffsetSeconds: number | null;
}

const DROPS = OUTCOME_NAMES.filter((name) => OUTCOMES[name].startsWith('dropped'));

/** One copied record, with names for its fields. */
export class ClientRecord {
  readonly words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #singles: Float32Array;
  readonly #halves: Uint16Array;

  /** Laid over the copy that a reader refills. */
  constructor(copy: Int32Array) {
    this.words = copy;
    this.#doubles = new Float64Array(copy.buffer);
    this.#singles = new Float32Array(copy.buffer);
    this.#halves = new Uint16Array(copy.buffer);
  }

  get firstSeen(): number {
    return this.#doubles[DOUBLE.firstSeen] as number;
  }
  get lastSeen(): number {
    return this.#doubles[DOUBLE.lastSeen] as number;
  }
  get packets(): number {
    return this.#unsigned(WORD.packets);
  }
  get answered(): number {
    return this.#unsigned(WORD.answered);
  }
  get interleaved(): number {
    return this.#unsigned(WORD.interleaved);
  }
  get authenticated(): number {
    return this.#unsigned(WORD.authenticated);
  }
  get dropped(): number {
    return this.#unsigned(WORD.dropped);
  }
  get kisses(): number {
    return this.count('kiss-rate') + this.count('kiss-deny');
  }
  get queries(): number {
    return this.count('control-answered');
  }
  /** 0: none. */
  get keyId(): number {
    return this.#unsigned(WORD.keyId);
  }
  get port(): number {
    return this.#last & 0xffff;
  }
  get version(): number {
    return (this.#last >> VERSION_SHIFT) & 7;
  }
  get mode(): number {
    return (this.#last >> MODE_SHIFT) & 7;
  }
  /** NaN: not known; the same below. */
  get pollSeconds(): number {
    return this.version === 0 ? Number.NaN : 2 ** (this.#last >> POLL_SHIFT);
  }
  get intervalSeconds(): number {
    return (this.words[WORD.requests] as number) > 1 ? (this.#singles[WORD.interval] as number) : Number.NaN;
  }
  get clockOffsetSeconds(): number {
    const agreed = ((this.#last >> CLOCK_SHIFT) & 3) === CLOCK.agreed;
    return agreed ? (this.#doubles[DOUBLE.clockOffset] as number) : Number.NaN;
  }
  get lastDrop(): number {
    return (this.words[WORD.lastDropCode] as number) > 0
      ? (this.#doubles[DOUBLE.lastDrop] as number)
      : Number.NaN;
  }

  /** How often this outcome, up to 65535; 0 for time answers, which have counts of their own. */
  count(outcome: OutcomeName): number {
    return this.#halves[COUNTS_HALF + CODE[outcome]] as number;
  }

  /** 16 bytes. */
  writeAddress(bytes: Uint8Array, at = 0): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, ADDRESS_BYTES);
    for (let i = 0; i < 4; i++) view.setInt32(i * 4, this.words[WORD.address + i] as number);
  }

  view(): ClientView {
    const address = new Uint8Array(ADDRESS_BYTES);
    this.writeAddress(address);
    const { port, version, mode, packets, answered, interleaved, authenticated, dropped } = this;
    return {
      address: formatAddress(address),
      port,
      version,
      mode,
      firstSeen: isoOf(this.firstSeen),
      lastSeen: isoOf(this.lastSeen),
      packets,
      answered,
      interleaved,
      authenticated,
      kisses: this.kisses,
      queries: this.queries,
      dropped,
      drops: Object.fromEntries(DROPS.map((name) => [name, this.count(name)]).filter(([, count]) => count)),
      lastDrop: this.#lastDropView(),
      keyId: this.keyId === 0 ? null : this.keyId,
      pollSeconds: orNull(this.pollSeconds),
      intervalSeconds: orNull(this.intervalSeconds),
      clockOffsetSeconds: orNull(this.clockOffsetSeconds),
    };
  }

  get #last(): number {
    return this.words[WORD.last] as number;
  }

  #unsigned(word: number): number {
    return (this.words[word] as number) >>> 0;
  }

  #lastDropView(): ClientView['lastDrop'] {
    const outcome = OUTCOME_NAMES[(this.words[WORD.lastDropCode] as number) - 1];
    return outcome === undefined ? null : { outcome, at: isoOf(this.lastDrop) };
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A stamp that no date can hold (a clock far astray) must not throw. */
function isoOf(ms: number): string {
  return new Date(Math.min(8.64e15, Math.max(-8.64e15, Math.floor(ms)))).toISOString();
}
