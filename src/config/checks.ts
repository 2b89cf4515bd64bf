/** Rules that the schema can't state: the form of certain texts, and values that must fit each other. */
import { PREFIX_WORDS } from './access-schema.ts';
import { formatListen, parseListen, parseNtpListen } from './listen-address.ts';
import { nearest } from './nearest.ts';
import { formatPrefix, parsePrefix } from './prefix-text.ts';
import type { KeyPath } from './problem.ts';
import { type Config, DEFAULT_HTTP_PORT } from './schema.ts';

export interface CrossProblem {
  readonly path: KeyPath;
  readonly value: unknown;
  readonly message: string;
  /** The keys that the rule compares: it says nothing where one of them is wrong by itself. */
  readonly involves: readonly string[];
}

type Checked = object | { readonly error: string };

/** How each text that has a form of its own is read; list items as `[]`. */
const FORMS: Readonly<Record<string, (text: string) => Checked>> = {
  'ntp.listen[]': (text) => parseNtpListen(text, DEFAULT_HTTP_PORT),
  'http.listen[]': (text) => parseListen(text, DEFAULT_HTTP_PORT),
  'access.rules[].prefix': readPrefix,
};

/** What is wrong with the form of a value (of the right type), if anything. */
export function formProblem(path: KeyPath, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = path.map((part, i) => (typeof part === 'number' ? '[]' : i > 0 ? `.${part}` : part)).join('');
  const checked = Object.hasOwn(FORMS, name) ? FORMS[name]?.(value) : undefined;
  return checked && 'error' in checked ? String(checked.error) : undefined;
}

function readPrefix(text: string): Checked {
  if (PREFIX_WORDS.some((word) => word === text)) return { word: text };
  const prefix = parsePrefix(text);
  if (!('error' in prefix) || text.includes('/') || !/^[a-z]/i.test(text)) return prefix;
  const meant = nearest(text, PREFIX_WORDS);
  const remedy = meant === undefined ? '' : `did you mean ${meant}? Else `;
  return { error: prefix.error.replace(': ', `: ${remedy}`) };
}

export function crossChecks(config: Config): CrossProblem[] {
  const { ntp, http } = config;
  const ntpSockets = ntp.listen.map((text) => parseNtpListen(text, ntp.port));
  const httpSockets = http.listen.map((text) => parseListen(text, DEFAULT_HTTP_PORT));
  return [
    ...repeated(['ntp', 'listen'], ntp.listen, ntpSockets.map(socketName), ['ntp.listen', 'ntp.port']),
    ...repeated(['http', 'listen'], http.listen, httpSockets.map(socketName), ['http.listen']),
    ...repeatedPrefixes(config.access.rules),
    ...lockWithinHoldover(config),
  ];
}

function socketName(parsed: ReturnType<typeof parseNtpListen>): string | undefined {
  return 'error' in parsed ? undefined : formatListen(parsed);
}

/** The second socket on an address could not be bound. */
function repeated(
  path: KeyPath,
  values: readonly string[],
  names: readonly (string | undefined)[],
  involves: readonly string[],
): CrossProblem[] {
  const seen = new Set<string>();
  return names.flatMap((name, i) => {
    if (name === undefined) return [];
    const again = seen.has(name);
    seen.add(name);
    if (!again) return [];
    const value = values[i];
    return [{ path: [...path, i], value, involves, message: `${name} is listed twice: delete one` }];
  });
}

/** Two rules for one network: it would be unclear which holds. */
function repeatedPrefixes(rules: Config['access']['rules']): CrossProblem[] {
  const firstAt = new Map<string, number>();
  return rules.flatMap(({ prefix }, i) => {
    const parsed = parsePrefix(prefix);
    const name = 'error' in parsed ? prefix : formatPrefix(parsed);
    const first = firstAt.get(name);
    if (first === undefined) firstAt.set(name, i);
    if (first === undefined) return [];
    const message = `${name} has a rule already, access.rules[${first}]: delete one`;
    return [{ path: ['access', 'rules', i, 'prefix'], value: prefix, involves: ['access.rules'], message }];
  });
}

/** A lock bound above the holdover limit would end each lock as soon as it begins. */
function lockWithinHoldover({ discipline }: Config): CrossProblem[] {
  return (['lockBoundKernel', 'lockBoundUser'] as const).flatMap((key) => {
    const limit = discipline.holdoverLimit;
    if (discipline[key] <= limit * 1000) return [];
    return [
      {
        path: ['discipline', 'holdoverLimit'],
        value: limit,
        involves: [`discipline.${key}`, 'discipline.holdoverLimit'],
        message: `${limit} ms is below discipline.${key} (${discipline[key]} us): raise it or lower the lock bound`,
      },
    ];
  });
}
