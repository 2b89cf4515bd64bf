/**
 * Addresses → rules, longest prefix first. Nested prefixes are flattened into sorted ranges that don't overlap, so
 * that one binary search answers, whatever the family and however deep the nesting.
 */
import { IPV4_LENGTH, isIpv4Prefix, type Prefix } from './prefix.ts';

/** Plain data that threads may share; never changed after it was compiled. */
export interface AclImage {
  /**
   * Per range five 32-bit words: its first address (most significant word first) and its rule, −1 for none. Sorted
   * by address; the first range begins at `::`, and each ends where the next begins.
   */
  readonly ranges: SharedArrayBuffer;
}

const NO_RULE = -1;
const WORDS = 5;
const RULE = 4;
const BITS = 128n;
const END = 1n << BITS;
const V4_START = 0xffff_0000_0000n;

interface Span {
  readonly start: bigint;
  /** The first address after it. */
  readonly end: bigint;
  readonly rule: number;
}

/** The rule of a prefix is its position in the list; of a prefix given twice, the first counts. */
export function compileAcl(prefixes: readonly Prefix[]): AclImage {
  const spans = prefixes.map((prefix, rule) => spanOf(prefix, rule));
  // ::/0 is all of IPv6 and nothing of IPv4: the mapped space is a network of its own, of no rule.
  if (!prefixes.some((prefix) => prefix.length === IPV4_LENGTH && isIpv4Prefix(prefix)))
    spans.push({ start: V4_START, end: V4_START + (1n << 32n), rule: NO_RULE });
  // Each network before those inside it; of equal ones the last listed first, so that the first listed is inside.
  spans.sort((a, b) => compare(a.start, b.start) || compare(b.end, a.end) || b.rule - a.rule);
  return imageOf(flatten(spans));
}

function spanOf({ bytes, length }: Prefix, rule: number): Span {
  const start = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return { start, end: start + (1n << (BITS - BigInt(length))), rule };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Range = Pick<Span, 'start' | 'rule'>;

/** Walks through the address space with the networks that are open, the innermost on top. */
function flatten(spans: readonly Span[]): Range[] {
  const ranges: Range[] = [];
  const open: Span[] = [{ start: 0n, end: END, rule: NO_RULE }];
  const begin = (start: bigint, rule: number) => {
    if (start >= END) return;
    if (ranges.at(-1)?.start === start) ranges.pop();
    if (ranges.at(-1)?.rule !== rule) ranges.push({ start, rule });
  };
  const closeUpTo = (address: bigint) => {
    for (let top = open.at(-1); top && top.end <= address; top = open.at(-1)) {
      open.pop();
      const outer = open.at(-1);
      if (outer) begin(top.end, outer.rule);
    }
  };
  begin(0n, NO_RULE);
  for (const span of spans) {
    closeUpTo(span.start);
    open.push(span);
    begin(span.start, span.rule);
  }
  closeUpTo(END);
  return ranges;
}

function imageOf(ranges: readonly Range[]): AclImage {
  const memory = new SharedArrayBuffer(ranges.length * WORDS * Uint32Array.BYTES_PER_ELEMENT);
  const words = new Uint32Array(memory);
  for (const [index, { start, rule }] of ranges.entries()) {
    for (let word = 0; word < RULE; word++)
      words[index * WORDS + word] = Number((start >> BigInt(96 - word * 32)) & 0xffff_ffffn);
    words[index * WORDS + RULE] = rule;
  }
  return { ranges: memory };
}

export class Acl {
  readonly #words: Uint32Array;
  readonly #count: number;

  constructor({ ranges }: AclImage) {
    this.#words = new Uint32Array(ranges);
    this.#count = this.#words.length / WORDS;
  }

  /** Position of the rule for the address whose 16 bytes start at `at`; −1: none. Allocates nothing. */
  find(addresses: Uint8Array, at: number): number {
    const words = this.#words;
    const a = wordAt(addresses, at);
    const b = wordAt(addresses, at + 4);
    const c = wordAt(addresses, at + 8);
    const d = wordAt(addresses, at + 12);
    let low = 0;
    let high = this.#count;
    // The address is in `low` or after it, and before `high`.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      const i = middle * WORDS;
      // IPv4 ties on all but the last word: equality is asked first.
      let mine = a;
      let theirs = words[i] as number;
      if (mine === theirs) {
        mine = b;
        theirs = words[i + 1] as number;
        if (mine === theirs) {
          mine = c;
          theirs = words[i + 2] as number;
          if (mine === theirs) {
            mine = d;
            theirs = words[i + 3] as number;
          }
        }
      }
      if (mine < theirs) high = middle;
      else low = middle;
    }
    return (words[low * WORDS + RULE] as number) | 0;
  }
}

/** Four bytes, most significant first. */
function wordAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return (high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}
