/** Which rule holds for an address and what it means, for people: "why is this client not served?" */
import { ACTION, type Action, ANY_KEY, Policy, type PolicyImage } from './policy.ts';

export interface AccessVerdict {
  /** Position in `access.rules`; −1: no rule holds, which means silence. */
  readonly rule: number;
  /** The network that the address was found in, e.g. `192.0.2.0/24`; empty where no rule holds. */
  readonly prefix: string;
  /** As the rule has it: the prefix or `attached`, `loopback`, `any`. */
  readonly written: string;
  readonly note: string;
  readonly action: Action;
  /** 0: none; −1: any known key; else the key's ID. */
  readonly requireKey: number;
  readonly allowQueries: boolean;
  /** Undefined: unlimited. `interval` in s. */
  readonly rateLimit:
    | { readonly interval: number; readonly burst: number; readonly leak: number }
    | undefined;
  /**
   * All of it in one line, to be read after an address, e.g. `is served by access.rules[0], attached (192.0.2.0/24):
   * one answer per 0.25 s, 32 in a row, 1 in 16 over that`.
   */
  readonly text: string;
}

const ACTIONS = Object.keys(ACTION) as Action[];

/** For the address whose 16 bytes start at `at`; for many of them, keep the `Policy` and use `verdictOf`. */
export function describeVerdict(image: PolicyImage, address: Uint8Array, at = 0): AccessVerdict {
  return verdictOf(image, new Policy(image.table).find(address, at));
}

/** `entry`: what `Policy.find` gave. */
export function verdictOf(image: PolicyImage, entry: number): AccessVerdict {
  const { table } = image;
  const interval = (table.interval[entry] ?? 0) / 1000;
  const limit = { interval, burst: table.burst[entry] ?? 0, leak: table.leak[entry] ?? 0 };
  const verdict = {
    rule: image.rule[entry] ?? -1,
    prefix: image.prefixes[entry] ?? '',
    written: image.written[entry] ?? '',
    note: image.notes[entry] ?? '',
    action: ACTIONS[table.action[entry] ?? ACTION.ignore] ?? 'ignore',
    requireKey: table.requireKey[entry] ?? 0,
    allowQueries: table.allowQueries[entry] === 1,
    rateLimit: interval > 0 ? limit : undefined,
  };
  return { ...verdict, text: textOf(verdict) };
}

function textOf(verdict: Omit<AccessVerdict, 'text'>): string {
  const { rule, prefix, written, note, action } = verdict;
  if (rule < 0) return 'is ignored: no rule holds the address';
  const network = written === prefix ? prefix : `${written} (${prefix})`;
  const place = `access.rules[${rule}], ${network}${note === '' ? '' : `, "${note}"`}`;
  if (action === 'ignore') return `is ignored by ${place}`;
  if (action === 'deny') return `is denied by ${place}: silence, and now and then a DENY kiss code`;
  return `is served by ${place}: ${termsOf(verdict).join('; ')}`;
}

function termsOf({ rateLimit, requireKey, allowQueries }: Omit<AccessVerdict, 'text'>): string[] {
  return [
    rateLimit === undefined ? 'no rate limit' : limitText(rateLimit),
    ...(requireKey === 0 ? [] : [requireKey === ANY_KEY ? 'only with a key' : `only with key ${requireKey}`]),
    ...(allowQueries ? ['may query (mode 6)'] : []),
  ];
}

function limitText({ interval, burst, leak }: { interval: number; burst: number; leak: number }): string {
  const over = leak === 0 ? 'none over that' : `1 in ${leak} over that`;
  return `one answer per ${interval} s, ${burst} in a row, ${over}`;
}
