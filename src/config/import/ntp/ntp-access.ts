/**
 * The restriction list of ntpd. Entries of one network merge their flags, and the entry with the longest prefix
 * counts: the list is sorted by address and mask, and contiguous masks make that the same.
 */
import type { Draft, ImportedRule } from '../draft.ts';
import { describeRule, joinFamilies, type SubnetRule, sourceNote } from '../rules.ts';
import type { SourceLine } from '../source-lines.ts';
import { ALL_IPV4, ALL_IPV6, formatSubnet, isLoopback, type Subnet, subnetKey } from '../subnet.ts';
import { FLAG, NO_FLAGS, type RestrictLine, readRestrict, withImplied } from './restrict-line.ts';

interface Entry {
  readonly subnet: Subnet;
  flags: number;
  /** The first line that named it; undefined for a default of ntpd's own. */
  line?: SourceLine;
}

interface Use {
  readonly line: SourceLine;
  readonly keys: readonly string[];
  readonly notes: readonly string[];
}

interface Unusable {
  readonly line: SourceLine;
  readonly reason: string;
  readonly flags: number;
}

/** NTPsec since 1.1.9 starts with these, so that it can't be used for amplification. */
const NTPSEC_DEFAULT = FLAG.noquery | FLAG.limited;
/** Networks that a finding names. */
const MOST_NAMED = 5;

export class NtpAccess {
  readonly #entries = new Map<string, Entry>();
  readonly #uses: Use[] = [];
  readonly #unusable: Unusable[] = [];
  readonly #draft: Draft;
  readonly #ntpsec: boolean;

  constructor(draft: Draft, ntpsec: boolean) {
    this.#draft = draft;
    this.#ntpsec = ntpsec;
    const flags = ntpsec ? NTPSEC_DEFAULT : NO_FLAGS;
    for (const subnet of [ALL_IPV4, ALL_IPV6]) this.#entries.set(subnetKey(subnet), { subnet, flags });
  }

  restrict(line: SourceLine) {
    const read = readRestrict(line.words.slice(1));
    if ('skip' in read) return this.#draft.add(line, 'not applicable', read.skip);
    if ('unusable' in read) {
      this.#unusable.push({ line, reason: read.unusable, flags: read.flags });
      return;
    }
    const keys = read.subnets.map((subnet) => this.#addFlags(subnet, read.flags, line));
    this.#uses.push({ line, keys, notes: read.notes });
  }

  #addFlags(subnet: Subnet, flags: number, line: SourceLine): string {
    const key = subnetKey(subnet);
    const entry = this.#entries.get(key) ?? { subnet, flags: NO_FLAGS };
    entry.flags |= flags;
    entry.line ??= line;
    this.#entries.set(key, entry);
    return key;
  }

  /** NTPsec: takes flags away, or without any the whole entry; the default entries stay. */
  unrestrict(line: SourceLine) {
    const read = readRestrict(line.words.slice(1));
    if ('skip' in read) return this.#draft.add(line, 'not applicable', read.skip);
    if ('unusable' in read) {
      // What it would have taken away stays: that may close, or leave an open entry inside of a closed network.
      return this.#draft.add(line, 'refused', `${read.unusable}: delete the line or correct it`);
    }
    for (const subnet of read.subnets) this.#takeAway(subnet, read);
    this.#draft.add(line, 'applied', 'taken away from the rules');
  }

  #takeAway(subnet: Subnet, { bare, flags }: RestrictLine): void {
    const key = subnetKey(subnet);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (!bare) entry.flags &= ~flags;
    else if (key !== subnetKey(ALL_IPV4) && key !== subnetKey(ALL_IPV6)) this.#entries.delete(key);
  }

  /** Whether any entry that serves needs a key. */
  get asksForKeys(): boolean {
    return this.#serves(FLAG.notrust);
  }

  /** Whether any entry that serves is limited. */
  get limits(): boolean {
    return this.#serves(FLAG.limited);
  }

  #serves(flag: number): boolean {
    const closed = FLAG.ignore | FLAG.noserve;
    return [...this.#entries.values()].some(({ flags }) => (flags & flag) !== 0 && (flags & closed) === 0);
  }

  /** Writes the rules and all findings. `requireKey`: what `notrust` means; `none` where ntpd trusts no key at all. */
  finish(requireKey: true | number | 'none'): void {
    const rules = new Map<string, SubnetRule>();
    for (const [key, entry] of this.#entries)
      rules.set(key, { subnet: entry.subnet, rule: ruleOf(entry, requireKey) });
    this.#draft.settings.rules = joinFamilies([...rules.values()]);
    for (const use of this.#uses) this.#report(use, rules);
    this.#reportUnusable();
    this.#reportDefaults(rules);
    this.#reportQueries(rules);
  }

  #report({ line, keys, notes }: Use, rules: ReadonlyMap<string, SubnetRule>): void {
    const made = keys.map((key) => rules.get(key)).filter((rule) => rule !== undefined);
    const texts = joinFamilies(made).map(({ prefix, ...rule }) => `${prefix}: ${describeRule(rule)}`);
    const text = texts.length > 0 ? texts.join('; ') : 'taken away again by unrestrict';
    this.#draft.add(line, 'applied', [text, ...notes].join('; '));
  }

  /** Leaving a line out closes, unless it restricts something that another entry allows. */
  #reportUnusable(): void {
    const always = [...this.#entries.values()].reduce((common, { flags }) => common & withImplied(flags), ~0);
    for (const { line, reason, flags } of this.#unusable) {
      const harmless = (withImplied(flags) & ~always) === 0;
      const remedy =
        'left out: whom it would serve gets what the other rules say; write the address to keep it';
      const refusal = 'leaving it out would open the server further: write the address, or delete the line';
      this.#draft.add(line, harmless ? 'warning' : 'refused', `${reason}: ${harmless ? remedy : refusal}`);
    }
  }

  #reportDefaults(rules: ReadonlyMap<string, SubnetRule>): void {
    for (const [subnet, option] of [
      [ALL_IPV4, '-4'],
      [ALL_IPV6, '-6'],
    ] as const) {
      const key = subnetKey(subnet);
      const made = rules.get(key);
      if (made === undefined || this.#entries.get(key)?.line !== undefined) continue;
      const who = this.#ntpsec
        ? 'NTPsec (since 1.1.9) starts with noquery and limited'
        : 'ntpd serves everybody';
      const text = `${who}: rule ${formatSubnet(subnet)}: ${describeRule(made.rule)}`;
      this.#draft.addGeneral(`no restrict ${option} default`, 'applied', text);
    }
  }

  /** Taken over as it was, but seldom meant: ntpd answers queries wherever nobody thought of `noquery`. */
  #reportQueries(rules: ReadonlyMap<string, SubnetRule>): void {
    const open = [...rules.values()].filter(({ subnet, rule }) => rule.allowQueries && !isLoopback(subnet));
    if (open.length === 0) return;
    const names = joinFamilies(open).map(({ prefix }) => prefix);
    const more = names.length - MOST_NAMED;
    const where = names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
    const text =
      `${where}: may read this server's state (mode 6, ntpq), and a forged query of 12 bytes sends a victim up to ` +
      '480: restrict them with noquery, or delete allowQueries from these rules';
    this.#draft.addGeneral('queries', 'warning', text);
  }
}

function ruleOf(
  { flags: own, line }: Entry,
  requireKey: true | number | 'none',
): Omit<ImportedRule, 'prefix'> {
  const flags = withImplied(own);
  const has = (flag: number) => (flags & flag) !== 0;
  const needsKey = has(FLAG.notrust) && !has(FLAG.noserve);
  const serve = !has(FLAG.noserve) && !(needsKey && requireKey === 'none');
  return {
    action: serve ? 'serve' : 'ignore',
    ...(serve && !has(FLAG.limited) ? { rateLimit: 'off' } : {}),
    ...(serve && needsKey && requireKey !== 'none' ? { requireKey } : {}),
    ...(has(FLAG.noquery) ? {} : { allowQueries: true }),
    ...(line === undefined ? {} : { note: sourceNote(line) }),
  };
}
