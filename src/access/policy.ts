/**
 * The access rules, compiled: which one holds for a source, and what it says. The table is plain data that is
 * posted to the answer threads; a change of the rules is another table.
 */
import {
  type AccessConfig,
  type CompleteRule,
  completeRule,
  PREFIX_WORDS,
  type PrefixWord,
} from '../config/access-schema.ts';
import { Acl, type AclImage, compileAcl } from './acl.ts';
import { type AttachedNetwork, wordPrefixes } from './networks.ts';
import { formatPrefix, type Prefix, parsePrefix } from './prefix.ts';

export const ACTION = { serve: 0, ignore: 1, deny: 2 } as const;
export type Action = keyof typeof ACTION;

/** `requireKey` where any known key will do. */
export const ANY_KEY = -1;

/** Poll intervals that the protocol has, log2 s (RFC 5905 §7.3; below 4 as servers of today allow). */
const LOWEST_POLL = -6;
const HIGHEST_POLL = 17;

/**
 * What an answer thread needs of the rules: numbers only, in shared memory, since a thread that takes over text by the
 * thousand, or copies, keeps its clients waiting. One entry per prefix, in all arrays; `Acl.find` gives its position.
 * Never changed after it was compiled.
 */
export interface PolicyTable {
  readonly acl: AclImage;
  /** One of `ACTION`. */
  readonly action: Uint8Array;
  /** 0: none; `ANY_KEY`: any known key; else the key's ID. */
  readonly requireKey: Float64Array;
  /** 1: status queries (mode 6) are answered. */
  readonly allowQueries: Uint8Array;
  /** Milliseconds per answer; 0: unlimited. */
  readonly interval: Float64Array;
  /** Answers in a row. */
  readonly burst: Float64Array;
  /** One of so many requests over the limit is answered all the same; 0: none. */
  readonly leak: Int32Array;
  /** log2 s, −6 to 17: the poll interval of an answer is never below it. */
  readonly minimumPoll: Int8Array;
}

/**
 * With what explains them, by the same positions. A rule for a word (`attached`, `loopback`, `any`) has as many entries
 * as the word stands for, none included.
 */
export interface PolicyImage {
  readonly table: PolicyTable;
  /** In their one form, e.g. `192.0.2.0/24`. */
  readonly prefixes: readonly string[];
  /** What the rule's owner wrote for a prefix: it or a word. */
  readonly written: readonly string[];
  /** Position of the rule in `access.rules`. */
  readonly rule: Int32Array;
  readonly notes: readonly string[];
}

interface Entry {
  readonly prefix: Prefix;
  readonly name: string;
  readonly rule: number;
}

/**
 * `networks`: those the host is attached to now; compile anew when they change. `access` has been validated: throws
 * on a prefix that can't be read.
 */
export function compilePolicy(access: AccessConfig, networks: readonly AttachedNetwork[]): PolicyImage {
  const rules = access.rules.map((rule) => completeRule(rule, access.rateLimit));
  const entries = entriesOf(rules, networks);
  const of = <T>(pick: (rule: CompleteRule) => T) =>
    entries.map(({ rule }) => pick(rules[rule] as CompleteRule));
  const table: PolicyTable = {
    acl: compileAcl(entries.map(({ prefix }) => prefix)),
    action: shared(
      Uint8Array,
      of(({ action }) => ACTION[action]),
    ),
    requireKey: shared(
      Float64Array,
      of(({ requireKey: key }) => (typeof key === 'number' ? key : key ? ANY_KEY : 0)),
    ),
    allowQueries: shared(
      Uint8Array,
      of(({ allowQueries }) => Number(allowQueries)),
    ),
    interval: shared(
      Float64Array,
      of(({ rateLimit }) => (rateLimit?.interval ?? 0) * 1000),
    ),
    burst: shared(
      Float64Array,
      of(({ rateLimit }) => rateLimit?.burst ?? 0),
    ),
    leak: shared(
      Int32Array,
      of(({ rateLimit }) => rateLimit?.leak ?? 0),
    ),
    minimumPoll: shared(
      Int8Array,
      of(({ rateLimit }) => pollOf(rateLimit?.interval ?? 0)),
    ),
  };
  return {
    table,
    prefixes: entries.map(({ name }) => name),
    written: of(({ prefix }) => prefix),
    rule: Int32Array.from(entries, ({ rule }) => rule),
    notes: of(({ note }) => note),
  };
}

interface NumberArray<Type> {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: SharedArrayBuffer): Type;
}

function shared<Type extends { set(values: readonly number[]): void }>(
  array: NumberArray<Type>,
  values: readonly number[],
): Type {
  const result = new array(new SharedArrayBuffer(values.length * array.BYTES_PER_ELEMENT));
  result.set(values);
  return result;
}

/** A prefix that is written out counts more than a word that stands for it; of two words, the first listed. */
function entriesOf(rules: readonly CompleteRule[], networks: readonly AttachedNetwork[]): Entry[] {
  const entries = new Map<string, Entry>();
  const add = (prefix: Prefix, rule: number) => {
    const name = formatPrefix(prefix);
    if (!entries.has(name)) entries.set(name, { prefix, name, rule });
  };
  for (const [rule, { prefix }] of rules.entries()) if (!isWord(prefix)) add(prefixOf(prefix), rule);
  for (const [rule, { prefix }] of rules.entries())
    if (isWord(prefix)) for (const network of wordPrefixes(prefix, networks)) add(network, rule);
  return [...entries.values()];
}

function isWord(text: string): text is PrefixWord {
  return PREFIX_WORDS.some((word) => word === text);
}

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if ('error' in prefix) throw new Error(`access.rules: ${prefix.error}`);
  return prefix;
}

/** The least poll interval that keeps within the limit. */
function pollOf(seconds: number): number {
  if (seconds === 0) return LOWEST_POLL;
  return Math.min(HIGHEST_POLL, Math.max(LOWEST_POLL, Math.ceil(Math.log2(seconds))));
}

/** One thread's view of a table. */
export class Policy extends Acl {
  readonly action: Uint8Array;
  readonly requireKey: Float64Array;
  readonly allowQueries: Uint8Array;
  readonly interval: Float64Array;
  readonly burst: Float64Array;
  readonly leak: Int32Array;
  readonly minimumPoll: Int8Array;

  constructor(table: PolicyTable) {
    super(table.acl);
    this.action = table.action;
    this.requireKey = table.requireKey;
    this.allowQueries = table.allowQueries;
    this.interval = table.interval;
    this.burst = table.burst;
    this.leak = table.leak;
    this.minimumPoll = table.minimumPoll;
  }
}
