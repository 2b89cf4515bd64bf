/**
 * The clients seen, for the main thread: filtered, sorted, page by page. Only what a page shows becomes objects.
 */
import { ADDRESS_BYTES, parseAddress } from '../../access/address.ts';
import { COUNTER } from '../../access/shared-table-places.ts';
import { TableReader } from '../../access/shared-table-reader.ts';
import { type ClientFilter, filterOf } from './client-filter.ts';
import { WORD } from './client-record.ts';
import { ClientRecord, type ClientView } from './client-view.ts';

const MOST_ITEMS = 1_000;
const DEFAULT_ITEMS = 100;

/** Numbers of a record to sort by; NaN, not known, comes last either way. */
const COLUMNS = [
  'firstSeen',
  'lastSeen',
  'packets',
  'answered',
  'interleaved',
  'authenticated',
  'kisses',
  'queries',
  'dropped',
  'lastDrop',
  'keyId',
  'port',
  'version',
  'mode',
  'pollSeconds',
  'intervalSeconds',
  'clockOffsetSeconds',
] as const;

export type ClientColumn = 'address' | (typeof COLUMNS)[number];

export const CLIENT_COLUMNS: readonly ClientColumn[] = ['address', ...COLUMNS];

export interface ClientQuery extends ClientFilter {
  /** Default: lastSeen. */
  readonly sort?: ClientColumn | undefined;
  /** Default: true, so that the latest come first. */
  readonly descending?: boolean | undefined;
  /** Clients to leave out at the beginning; default 0. */
  readonly offset?: number | undefined;
  /** 0 to 1000; default 100. */
  readonly limit?: number | undefined;
}

export interface ClientPage {
  /** Clients in the table. */
  readonly total: number;
  /** Those that the filter lets through. */
  readonly matched: number;
  readonly items: readonly ClientView[];
}

/** What the table itself can tell. */
export interface ClientTableView {
  /** Clients that the table has room for, at the most. */
  readonly capacity: number;
  /** Datagrams of clients that found no room. */
  readonly refused: number;
  /** Datagrams left out because another thread held the record for too long. */
  readonly missed: number;
  /** Clients that made room for others. */
  readonly replaced: number;
}

export class ClientReader {
  readonly #reader: TableReader;
  readonly #record: ClientRecord;
  readonly #slots: Uint32Array;
  readonly #keys: Float64Array;
  readonly #addresses: Uint32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#reader = new TableReader(memory);
    this.#record = new ClientRecord(this.#reader.copy);
    this.#slots = new Uint32Array(this.#reader.slots);
    this.#keys = new Float64Array(this.#reader.slots);
    this.#addresses = new Uint32Array(this.#reader.slots * 4);
  }

  table(): ClientTableView {
    return {
      capacity: this.#reader.slots,
      refused: this.#reader.counted(COUNTER.refused),
      missed: this.#reader.counted(COUNTER.busy),
      replaced: this.#reader.counted(COUNTER.replaced),
    };
  }

  list(query: ClientQuery = {}): ClientPage {
    const fits = filterOf(query);
    const { sort = 'lastSeen', descending = true } = query;
    let total = 0;
    let matched = 0;
    this.forEach((record, slot) => {
      total++;
      if (!fits(record)) return;
      this.#slots[matched++] = slot;
      if (sort === 'address') this.#noteAddress(slot);
      else this.#noteKey(slot, record[sort], descending);
    });
    const slots = this.#slots.subarray(0, matched);
    if (sort === 'address') this.#sortByAddress(slots, descending ? -1 : 1);
    else this.#sortByKey(slots);
    const from = whole(query.offset ?? 0, Number.MAX_SAFE_INTEGER);
    const page = slots.subarray(from, from + whole(query.limit ?? DEFAULT_ITEMS, MOST_ITEMS));
    return { total, matched, items: this.#views(page) };
  }

  /** The client of this address, as text; undefined where none was seen. */
  get(address: string): ClientView | undefined {
    const bytes = parseAddress(address);
    if (bytes === undefined) return undefined;
    const view = new DataView(bytes.buffer);
    for (const words of this.#reader.candidates(bytes))
      if ([0, 1, 2, 3].every((i) => words[WORD.address + i] === view.getInt32(i * 4)))
        return this.#record.view();
    return undefined;
  }

  /** Visits every client. `record` is the same object each time, refilled. */
  forEach(visit: (record: ClientRecord, slot: number) => void): void {
    const slots = this.#reader.slots;
    for (let slot = 0; slot < slots; slot++) if (this.#reader.read(slot)) visit(this.#record, slot);
  }

  /** Address (16 bytes at `at`) and proven key (0: none) of every client seen since (ms since 1970), to judge rules by. */
  *seen(
    since = Number.NEGATIVE_INFINITY,
  ): Generator<{ readonly address: Uint8Array; readonly at: number; readonly keyId: number }> {
    const slots = this.#reader.slots;
    for (let slot = 0; slot < slots; slot++) {
      if (!this.#reader.read(slot) || this.#record.lastSeen < since) continue;
      const address = new Uint8Array(ADDRESS_BYTES);
      this.#record.writeAddress(address);
      yield { address, at: 0, keyId: this.#record.keyId };
    }
  }

  /** Turned around for descending order, so that what is not known comes last either way. */
  #noteKey(slot: number, value: number, descending: boolean): void {
    this.#keys[slot] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : descending ? -value : value;
  }

  #noteAddress(slot: number): void {
    for (let i = 0; i < 4; i++)
      this.#addresses[slot * 4 + i] = this.#record.words[WORD.address + i] as number;
  }

  #sortByKey(slots: Uint32Array): void {
    const keys = this.#keys;
    slots.sort((a, b) => {
      const x = keys[a] as number;
      const y = keys[b] as number;
      return x < y ? -1 : x > y ? 1 : a - b;
    });
  }

  #sortByAddress(slots: Uint32Array, sign: number): void {
    const words = this.#addresses;
    slots.sort((a, b) => {
      for (let i = 0; i < 4; i++) {
        const difference = (words[a * 4 + i] as number) - (words[b * 4 + i] as number);
        if (difference !== 0) return sign * difference;
      }
      return a - b;
    });
  }

  /** A record replaced since is shown as what it is now: seldom, and no worse than an older list. */
  #views(slots: Uint32Array): ClientView[] {
    return [...slots].flatMap((slot) => (this.#reader.read(slot) ? [this.#record.view()] : []));
  }
}

/** A number from outside as a whole one in range; 0 where it is none. */
function whole(value: number, most: number): number {
  return Math.min(most, Math.max(0, Math.floor(value) || 0));
}
