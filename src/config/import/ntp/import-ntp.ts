/** ntp.conf of ntpd (the reference implementation, 4.2) and NTPsec. */
import type { Draft, ImportedRateLimit } from '../draft.ts';
import { leapFile } from '../leap-file.ts';
import type { SourceLine } from '../source-lines.ts';
import { NtpInterfaces } from './interfaces.ts';
import { withoutCounterpart } from './no-counterpart.ts';
import { NtpAccess } from './ntp-access.ts';
import { aboutRefclock, driverNumber, fudgeHints } from './refclock.ts';
import { TrustedKeys } from './trusted-keys.ts';

/** ntpd's `average` is log2 s; a client may be eight such intervals ahead (its NTP_SHIFT). */
const AVERAGE = { least: 0, most: 17, usual: 3 } as const;
const BURST = 8;
/** NTPsec since 1.1.9 without `discard`: one packet a second, 20 in a row. */
const NTPSEC_LIMIT: ImportedRateLimit = { interval: 1, burst: 20, leak: 0 };

const NTPSEC_WORDS = new Set(['unrestrict', 'refclock', 'nts', 'extra']);

/** Whether the file is one of NTPsec, whose defaults are stricter: by directives and paths that only it has. */
export function looksLikeNtpsec(lines: readonly SourceLine[]): boolean {
  return lines.some(
    ({ words }) =>
      NTPSEC_WORDS.has(words[0] as string) ||
      words.some((word) => word.includes('/ntpsec/')) ||
      (words[0] === 'restrict' && words.some((word) => /^[0-9a-fA-F.:]+\/\d+$/.test(word))) ||
      (/^(server|pool)$/.test(words[0] as string) && words.includes('nts')),
  );
}

export function importNtp(lines: readonly SourceLine[], draft: Draft): void {
  new NtpImport(lines, draft).run();
}

class NtpImport {
  readonly #lines: readonly SourceLine[];
  readonly #draft: Draft;
  readonly #ntpsec: boolean;
  readonly #access: NtpAccess;
  readonly #interfaces: NtpInterfaces;
  readonly #keys: TrustedKeys;
  readonly #discards: SourceLine[] = [];

  constructor(lines: readonly SourceLine[], draft: Draft) {
    this.#lines = lines;
    this.#draft = draft;
    this.#ntpsec = looksLikeNtpsec(lines);
    this.#access = new NtpAccess(draft, this.#ntpsec);
    this.#interfaces = new NtpInterfaces(draft);
    this.#keys = new TrustedKeys(draft);
  }

  run(): void {
    for (const line of this.#lines) {
      if (line.openQuote)
        this.#draft.add(line, 'warning', 'a quote is not closed: it is taken to end with the line');
      this.#directive(line);
    }
    this.#interfaces.finish();
    this.#access.finish(this.#keys.finish(this.#access.asksForKeys));
    this.#rateLimit();
  }

  #directive(line: SourceLine) {
    switch (line.words[0]) {
      case 'restrict':
        return this.#access.restrict(line);
      case 'unrestrict':
        return this.#access.unrestrict(line);
      case 'discard':
        this.#discards.push(line);
        return;
      case 'interface':
      case 'nic':
        return this.#interfaces.add(line);
      case 'keys':
        return this.#keys.keys(line);
      case 'trustedkey':
        return this.#keys.trust(line);
      case 'leapfile':
        return leapFile(line, this.#draft);
      default:
        return this.#other(line);
    }
  }

  #other(line: SourceLine) {
    const [directive = '', first = '', ...rest] = line.words;
    const driver = directive === 'refclock' ? first : driverNumber(first);
    if (driver !== undefined && ['server', 'peer', 'fudge', 'refclock'].includes(directive)) {
      const text = [aboutRefclock(driver), ...fudgeHints(driver, rest)].join('; ');
      return this.#draft.add(line, 'not applicable', text);
    }
    const reason = directive === 'fudge' ? 'names no reference clock' : withoutCounterpart(line.words);
    if (reason !== undefined) return this.#draft.add(line, 'not applicable', reason);
    this.#draft.add(line, 'unknown', 'no directive of ntpd or NTPsec: nothing is taken over');
  }

  /** `discard` matters only to rules with `limited`. */
  #rateLimit(): void {
    const { limits } = this.#access;
    let average: number | undefined;
    for (const line of this.#discards) average = this.#discard(line, limits) ?? average;
    if (!limits) return;
    const interval = 2 ** (average ?? AVERAGE.usual);
    const limit = this.#ntpsec && average === undefined ? NTPSEC_LIMIT : { interval, burst: BURST, leak: 0 };
    this.#draft.settings.rateLimit = limit;
    const text =
      `an answer each ${limit.interval} s, ${limit.burst} in a row; as in ntpd nothing over the limit is answered ` +
      '(leak 0), so a forged flood can cut a client off: consider access.rateLimit.leak: 16';
    this.#draft.addGeneral('limited', 'applied', text);
  }

  /** log2 s, where the line sets it. */
  #discard(line: SourceLine, limits: boolean): number | undefined {
    const notes: string[] = [];
    let average: number | undefined;
    for (let i = 1; i < line.words.length; i += 2) {
      const name = line.words[i] as string;
      const value = Number(line.words[i + 1]);
      if (name === 'average' && Number.isInteger(value)) {
        average = Math.min(Math.max(value, AVERAGE.least), AVERAGE.most);
        notes.push(`average ${value}: access.rateLimit.interval: ${2 ** average} s`);
      } else if (name === 'minimum')
        notes.push('minimum: a client may send its answers in a row (burst) at once');
      else if (name === 'monitor') notes.push('monitor: the list of clients has a fixed size here');
      else notes.push(`${name.slice(0, 40)} is not understood`);
    }
    const text = limits ? notes.join('; ') : 'no rule is limited';
    this.#draft.add(line, limits && average !== undefined ? 'applied' : 'not applicable', text);
    return average;
  }
}
