/**
 * `interface` (alias `nic`) lines of ntpd → `ntp.listen`. The last line that matches an address decides; as soon as
 * there is any line, what none matches is not listened on, but for the loopback addresses. `all` does not mean those.
 */
import { isIP } from 'node:net';
import { formatAddress, parseAddress } from '../../address-text.ts';
import { parseNtpListen } from '../../listen-address.ts';
import { ntpClashes } from '../../listen-clashes.ts';
import { isDevice } from '../device.ts';
import type { Draft } from '../draft.ts';
import type { SourceLine } from '../source-lines.ts';

type Action = 'listen' | 'ignore';
type Family = 4 | 6;

const LOOPBACK: Readonly<Record<Family, string>> = { 4: '127.0.0.1', 6: '::1' };
const WILDCARD: Readonly<Record<Family, string>> = { 4: '0.0.0.0', 6: '::' };
const NTP_PORT = 123;
/** `ntp.listen` has no more entries. */
const MOST = 64;
/** Bounds the work that lines about all of them make. */
const MOST_NAMED = 1000;

export class NtpInterfaces {
  readonly #draft: Draft;
  readonly #base: Record<Family, Action> = { 4: 'ignore', 6: 'ignore' };
  readonly #loopback: Record<Family, Action> = { 4: 'listen', 6: 'listen' };
  /** Addresses and interface names that have a line of their own. */
  readonly #own = new Map<string, { readonly action: Action; readonly line: SourceLine }>();
  readonly #lines: SourceLine[] = [];
  #failed = false;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  add(line: SourceLine) {
    const [, verb = '', target = '', extra] = line.words;
    if (!['listen', 'ignore', 'drop'].includes(verb) || target === '' || extra !== undefined)
      return this.#refuse(
        line,
        'is not understood: write listen, ignore or drop, and an address or interface',
      );
    this.#lines.push(line);
    const action = verb === 'listen' ? 'listen' : 'ignore';
    if (target === 'wildcard' || target === WILDCARD[4] || target === WILDCARD[6]) return;
    if (target === 'all') return this.#all(action);
    if (target === 'ipv4' || target === 'ipv6') return this.#family(target === 'ipv4' ? 4 : 6, action, line);
    this.#one(target, action, line);
  }

  #all(action: Action): void {
    this.#base[4] = action;
    this.#base[6] = action;
    for (const name of this.#own.keys()) if (!isLoopbackName(name)) this.#own.delete(name);
  }

  #family(family: Family, action: Action, line: SourceLine): void {
    this.#base[family] = action;
    this.#loopback[family] = action;
    for (const [name, own] of this.#own) {
      if (isIP(name) === family) this.#own.delete(name);
      else if (isIP(name) === 0 && own.action !== action) {
        // Said once, not for every line that follows.
        this.#own.delete(name);
        this.#refuse(line, `divides interface ${name} by family, which ntp.listen can't: name its addresses`);
      }
    }
  }

  #one(target: string, action: Action, line: SourceLine) {
    const [written = '', length] = target.split('/');
    const family = isIP(written);
    const host = family === 0 || written.includes('%') ? written : oneForm(written);
    if (length !== undefined && !(family === 4 && length === '32') && !(family === 6 && length === '128'))
      return this.#refuse(
        line,
        'is a network of own addresses, which ntp.listen can not name: write the addresses',
      );
    if (family === 0 && !isDevice(host))
      return this.#refuse(
        line,
        'is no interface name that ntp.listen can take: name the interfaces one by one',
      );
    if (host === LOOPBACK[4] || host === LOOPBACK[6]) this.#loopback[family as Family] = action;
    else if (this.#own.size >= MOST_NAMED) this.#refuse(line, `is one too many: name at most ${MOST_NAMED}`);
    else {
      this.#own.delete(host);
      this.#own.set(host, { action, line });
    }
  }

  #refuse(line: SourceLine, why: string): void {
    this.#failed = true;
    this.#draft.add(line, 'refused', `${line.words.slice(1).join(' ').slice(0, 60)} ${why}`);
  }

  finish(): void {
    if (this.#lines.length === 0) return;
    const listen = this.#listen();
    const listed = listen.length <= MOST && !this.#failed;
    if (listed) this.#draft.settings.listen = listen;
    for (const line of this.#lines)
      this.#draft.add(
        line,
        listed ? 'applied' : 'warning',
        listed ? `ntp.listen: ${listen.join(', ')}` : 'not taken over: ntp.listen stays as it is',
      );
    if (listen.length > MOST)
      this.#draft.addGeneral('interface', 'refused', `more than ${MOST} addresses: list fewer`);
  }

  #listen(): string[] {
    const families = [4, 6] as const;
    const wide = families
      .filter((family) => this.#base[family] === 'listen')
      .map((family) => WILDCARD[family]);
    const own = [...this.#own].filter(([name, entry]) => this.#isExtra(name, entry.action, entry.line));
    const names = own.map(([name]) => name);
    const loopback = families.filter(
      (family) =>
        this.#base[family] !== 'listen' && this.#loopback[family] === 'listen' && !names.includes('lo'),
    );
    const named = own.some(([name]) => isIP(name) === 0);
    // Its addresses can't be bound beside an interface.
    const self = named && loopback.length > 0 ? ['lo'] : loopback.map((family) => LOOPBACK[family]);
    const open = (family: Family) => this.#base[family] === 'listen' || self.includes('lo');
    if (families.some((family) => open(family) && this.#loopback[family] === 'ignore'))
      this.#draft.addGeneral(
        'interface ignore (loopback)',
        'warning',
        'this host itself is listened to as well',
      );
    if (own.length <= MOST) this.#refuseClashes(own.map(([name, { line }]) => ({ name, line })));
    return [...wide, ...names, ...self];
  }

  #refuseClashes(own: readonly { readonly name: string; readonly line: SourceLine }[]): void {
    const listen = own.map(({ name }) => {
      const parsed = parseNtpListen(name, NTP_PORT);
      return 'error' in parsed ? undefined : parsed;
    });
    for (const { at } of ntpClashes(listen)) {
      const line = own[at]?.line;
      if (line)
        this.#refuse(
          line,
          "is beside an interface or address that ntp.listen can't have with it: name interfaces only or addresses only",
        );
    }
  }

  /** Whether `ntp.listen` must name it besides the wildcards. */
  #isExtra(name: string, action: Action, line: SourceLine): boolean {
    const families = isIP(name) === 0 ? ([4, 6] as const) : [isIP(name) as Family];
    const bases = new Set(families.map((family) => this.#base[family]));
    if (bases.size === 1 && bases.has(action)) return false;
    if (bases.has('listen')) {
      const why =
        action === 'ignore' ? 'excludes one of all addresses' : 'adds an interface to all of one family';
      this.#refuse(line, `${why}, which ntp.listen can't: name the addresses to listen on`);
      return false;
    }
    return action === 'listen';
  }
}

/** An address in its one form, so that it is not listed twice. */
function oneForm(address: string): string {
  return formatAddress(parseAddress(address) as Uint8Array);
}

function isLoopbackName(name: string): boolean {
  return name === 'lo' || name.startsWith('127.');
}
