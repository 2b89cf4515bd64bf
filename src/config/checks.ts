/** Rules that the schema can't state: the form of certain texts, and values that must fit each other. */
import { PREFIX_WORDS } from './access-schema.ts';
import { parseHost, parseSyslogServer } from './host-text.ts';
import { parseHttpListen, parseNtpListen } from './listen-address.ts';
import { type Clash, httpClashes, ntpClashes } from './listen-clashes.ts';
import { nearest } from './nearest.ts';
import { networkChecks, serverChecks } from './network-checks.ts';
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

/** How each text that has a form of its own is read; 0 is every item of a list. */
const FORMS: readonly (readonly [path: KeyPath, read: (text: string) => Checked])[] = [
  [['ntp', 'listen', 0], (text) => parseNtpListen(text, DEFAULT_HTTP_PORT)],
  [['http', 'listen', 0], (text) => parseHttpListen(text, DEFAULT_HTTP_PORT)],
  [['access', 'rules', 0, 'prefix'], readPrefix],
  [['http', 'allow', 0], readPrefix],
  [['ntp', 'servers', 0, 'address'], parseHost],
  [['syslog', 'servers', 0], parseSyslogServer],
];

/** What is wrong with the form of a value (of the right type), if anything. */
export function formProblem(path: KeyPath, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const form = FORMS.find(([pattern]) => fits(path, pattern));
  const checked = form?.[1](value);
  return checked && 'error' in checked ? String(checked.error) : undefined;
}

function fits(path: KeyPath, pattern: KeyPath): boolean {
  if (path.length !== pattern.length) return false;
  return pattern.every((part, i) => part === path[i] || (part === 0 && typeof path[i] === 'number'));
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
  return [
    ...listenClashes(config),
    ...repeatedPrefixes(config.access.rules),
    ...serverChecks(config),
    ...networkChecks(config),
    ...lockWithinHoldover(config),
    ...lineOfOnoff(config),
  ];
}

function listenClashes({ ntp, http }: Config): CrossProblem[] {
  const ntpListen = ntp.listen.map((text) => understood(parseNtpListen(text, ntp.port)));
  const httpListen = http.listen.map((text) => understood(parseHttpListen(text, DEFAULT_HTTP_PORT)));
  return [
    ...clashProblems('ntp', ntp.listen, ntpClashes(ntpListen, 'ntp.listen')),
    ...clashProblems('http', http.listen, httpClashes(httpListen, 'http.listen')),
  ];
}

function clashProblems(
  section: 'ntp' | 'http',
  values: readonly string[],
  clashes: readonly Clash[],
): CrossProblem[] {
  const involves = [`${section}.listen`, `${section}.port`];
  return clashes.map(({ at, message }) => ({
    path: [section, 'listen', at],
    value: values[at],
    involves,
    message,
  }));
}

function understood<T extends object>(parsed: T | { readonly error: string }): T | undefined {
  return 'error' in parsed ? undefined : parsed;
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

/** It is handed one line; the search needs the kernel's stamps of many. */
function lineOfOnoff({ pps }: Config): CrossProblem[] {
  if (pps.device !== 'onoff' || pps.line !== 'auto') return [];
  const message = 'onoff finds no line by itself: write its GPIO number, or set pps.device to auto';
  return [{ path: ['pps', 'line'], value: pps.line, involves: ['pps.device', 'pps.line'], message }];
}
