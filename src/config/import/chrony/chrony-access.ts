/**
 * `allow` and `deny` of chronyd: nobody is served unless allowed, the longest network counts, `all` overrides what was
 * said before about networks inside.
 *
 * chronyd keeps them in tables of four bits a level, so a network whose length is no multiple of four is written into
 * several entries of the next level and overrides longer networks of that level that came before it. An import that
 * must open nothing does as chronyd does.
 */

import { masked } from '../../prefix-text.ts';
import type { Draft, ImportedRule } from '../draft.ts';
import { describeRule, joinFamilies, type SubnetRule, sourceNote } from '../rules.ts';
import type { SourceLine } from '../source-lines.ts';
import { covers, isLoopback, LOOPBACK, type Subnet, subnetKey } from '../subnet.ts';
import { readAllow } from './subnet-argument.ts';

const LEVEL_BITS = 4;

interface Statement {
  readonly subnet: Subnet;
  allow: boolean;
  /** Place in the file of the last one. */
  order: number;
  line: SourceLine;
  /** Place of the last one with `all`, −1: none. */
  allOrder: number;
}

export class ChronyAccess {
  readonly #statements = new Map<string, Statement>();
  readonly #uses: { readonly line: SourceLine; readonly keys: readonly string[] }[] = [];
  readonly #unusable: { readonly line: SourceLine; readonly reason: string; readonly allow: boolean }[] = [];
  readonly #draft: Draft;
  #order = 0;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  add(line: SourceLine, allow: boolean) {
    const read = readAllow(line.words.slice(1));
    if ('skip' in read) return this.#draft.add(line, 'not applicable', read.skip);
    if ('unusable' in read) {
      this.#unusable.push({ line, reason: read.unusable, allow });
      return;
    }
    this.#order++;
    const keys = read.subnets.map((subnet) => this.#set(subnet, allow, read.all, line));
    this.#uses.push({ line, keys });
  }

  #set(subnet: Subnet, allow: boolean, all: boolean, line: SourceLine): string {
    const key = subnetKey(subnet);
    const order = this.#order;
    const allOrder = all ? order : (this.#statements.get(key)?.allOrder ?? -1);
    this.#statements.set(key, { subnet, allow, order, line, allOrder });
    return key;
  }

  /** `serves`: whether chronyd opens its port at all. `limited`: whether it has a rate limit. */
  finish({ serves, limited }: { serves: boolean; limited: boolean }): void {
    const made = new Map<string, SubnetRule>();
    const lengths = [...new Set([...this.#statements.values()].map(({ subnet }) => subnet.length))];
    for (const [key, statement] of this.#statements) {
      if (this.#overridden(statement, lengths)) continue;
      const { subnet, allow, line } = statement;
      made.set(key, { subnet, rule: { ...ruleOf(allow && serves, limited), note: sourceNote(line) } });
    }
    this.#draft.settings.rules = withLoopbackQueries([...made.values()], limited);
    for (const { line, keys } of this.#uses) this.#report(line, keys, made);
    const opens = [...made.values()].some(({ rule }) => rule.action === 'serve');
    for (const unusable of this.#unusable) this.#reportUnusable(unusable, opens);
    this.#reportGeneral(opens);
  }

  /** Whether a later statement about a network around it replaced it. */
  #overridden({ subnet, order }: Statement, lengths: readonly number[]): boolean {
    return lengths.some((length) => {
      if (length >= subnet.length) return false;
      const outer: Subnet = { family: subnet.family, bytes: masked(subnet.bytes, length), length };
      const around = this.#statements.get(subnetKey(outer));
      if (around === undefined) return false;
      const sameLevel = Math.ceil(length / LEVEL_BITS) * LEVEL_BITS >= subnet.length;
      return around.allOrder > order || (sameLevel && around.order > order);
    });
  }

  #report(line: SourceLine, keys: readonly string[], made: ReadonlyMap<string, SubnetRule>) {
    // A later line about the same network has taken this one's place.
    const own = keys.filter((key) => this.#statements.get(key)?.line === line);
    const rules = own.map((key) => made.get(key)).filter((rule) => rule !== undefined);
    if (rules.length === 0)
      return this.#draft.add(
        line,
        'applied',
        'overridden by a later line, as in chronyd: no rule of its own',
      );
    const texts = joinFamilies(rules).map(({ prefix, ...rule }) => `${prefix}: ${describeRule(rule)}`);
    this.#draft.add(line, 'applied', texts.join('; '));
  }

  #reportUnusable(
    { line, reason, allow }: { line: SourceLine; reason: string; allow: boolean },
    opens: boolean,
  ): void {
    const opensMore = !allow && opens;
    const remedy = opensMore
      ? 'leaving it out would open the server further: write the address, or delete the line'
      : 'left out, so whom it means gets what the other rules say: write the address to keep it';
    // With `all`, an allow line could also have overridden others; leaving it out still opens nothing.
    this.#draft.add(
      line,
      opensMore ? 'refused' : allow ? 'not applicable' : 'warning',
      `${reason}: ${remedy}`,
    );
  }

  #reportGeneral(opens: boolean): void {
    if (this.#uses.length === 0)
      this.#draft.addGeneral('no allow', 'applied', 'chronyd without allow serves nobody: no rule serves');
    else if (!opens) this.#draft.addGeneral('allow', 'warning', 'no client is served, as with chronyd');
    this.#draft.addGeneral('queries', 'applied', 'chronyd answers no ntpq: only this host itself may query');
  }
}

function ruleOf(serve: boolean, limited: boolean): Omit<ImportedRule, 'prefix'> {
  if (!serve) return { action: 'ignore' };
  return { action: 'serve', ...(limited ? {} : { rateLimit: 'off' }) };
}

/** This host may query, whether it is served or not. */
function withLoopbackQueries(rules: readonly SubnetRule[], limited: boolean): ImportedRule[] {
  const marked = rules.map((entry) =>
    isLoopback(entry.subnet)
      ? { subnet: entry.subnet, rule: { ...entry.rule, allowQueries: true as const } }
      : entry,
  );
  const missing = LOOPBACK.filter(
    (loopback) => !rules.some(({ subnet }) => subnetKey(subnet) === subnetKey(loopback)),
  );
  const added = missing.map((subnet): SubnetRule => {
    const around = longestAround(rules, subnet);
    const serve = around?.rule.action === 'serve';
    return { subnet, rule: { ...ruleOf(serve, limited), allowQueries: true, note: 'this host may query' } };
  });
  return joinFamilies([...marked, ...added]);
}

function longestAround(rules: readonly SubnetRule[], subnet: Subnet): SubnetRule | undefined {
  const around = rules.filter((rule) => covers(rule.subnet, subnet));
  return around.sort((a, b) => b.subnet.length - a.subnet.length)[0];
}
