/** The audit record of an appliance that keeps nothing: its latest entries. */
import type { AuditStore } from './audit-store.ts';
import { type ChainEnd, GENESIS, parseEntry } from './chain.ts';

const MOST_LINES = 1000;

export class MemoryStore implements AuditStore {
  readonly #lines: string[] = [];
  #begin: ChainEnd = GENESIS;
  #end: ChainEnd = GENESIS;

  open() {
    return { end: this.#end, torn: 0 };
  }

  async append(lines: readonly string[], end: ChainEnd): Promise<void> {
    this.#lines.push(...lines);
    this.#end = end;
    const dropped = this.#lines.splice(0, this.#lines.length - MOST_LINES);
    this.#begin = parseEntry(dropped.at(-1) ?? '') ?? this.#begin;
  }

  async segments() {
    return [{ name: 'memory', text: async () => this.#lines.map((line) => `${line}\n`).join('') }];
  }

  async marks() {
    return { begin: this.#begin, end: this.#end };
  }
}
