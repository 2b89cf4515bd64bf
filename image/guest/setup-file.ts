/**
 * The setup file that a person puts on the card's FAT partition: what it says, as changes of the configuration. What is
 * wrong with it is told by line and field, for someone who sees the file and nothing else.
 */
import { type Document, isScalar, parseDocument } from 'yaml';
import { isPasswordHash } from '../../src/auth/password.ts';
import type { ConfigChange } from '../../src/config/edit.ts';
import { offsetOf, parseYaml } from '../../src/config/parse.ts';
import { formatPrefix, parsePrefix } from '../../src/config/prefix-text.ts';
import { type ConfigProblem, formatPath, type KeyPath } from '../../src/config/problem.ts';
import { RECEIVER_PROFILES } from '../../src/config/receiver-profiles.ts';
import { defaultConfig } from '../../src/config/validate.ts';

/** Bytes; it is written by hand. */
export const MAX_SETUP = 65_536;

export interface Setup {
  readonly changes: readonly ConfigChange[];
  /** What the first visitor must enter; undefined: the board makes one. */
  readonly claimCode: string | undefined;
  /** Of the administrator `admin`; undefined: as it is. */
  readonly adminPasswordHash: string | undefined;
  /** A problem of the changed configuration, as one of this file: a line. */
  readonly explain: (problem: ConfigProblem) => string;
}

const KEYS = ['hostName', 'claimCode', 'adminPasswordHash', 'profile', 'serve', 'network', 'config'];
const SECRETS = ['claimCode', 'adminPasswordHash'];
const MOST_PREFIXES = 1000;

/** A change, and where the file says it. */
interface Told extends ConfigChange {
  readonly origin: KeyPath;
}

interface Flaw {
  readonly at: KeyPath;
  readonly message: string;
}

type Data = Readonly<Record<string, unknown>>;

/** Bad content is a text for the person who wrote it, a line each. */
export function readSetup(original: string): Setup | { readonly error: string } {
  const text = original.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (text.includes('\u0000')) return { error: 'it is not UTF-8 text: save it as UTF-8' };
  const { data, document, lines, problems, sound } = parseYaml(text, '');
  const lineOf = (path: KeyPath) => {
    const offset = offsetOf(document, path, 'key');
    return offset === undefined ? '' : `line ${lines.linePos(offset).line}: `;
  };
  const told = (flaws: readonly Flaw[]) => ({
    error: flaws.map(({ at, message }) => oneLine(`${lineOf(at)}${formatPath(at)}: ${message}`)).join('\n'),
  });
  if (!sound || problems.length > 0) return { error: problems.map(problemText).join('\n') };
  if (data === null || data === undefined) return nothing();
  if (!isMap(data)) return { error: 'line 1: it does not consist of lines such as hostName: timeball' };
  const flaws = flawsOf(data, document);
  if (flaws.length > 0) return told(flaws);
  const changes = changesOf(data);
  return {
    claimCode: plain(data, document, 'claimCode'),
    adminPasswordHash: plain(data, document, 'adminPasswordHash'),
    changes,
    explain: (problem) => {
      const at = originOf(problem.key, changes);
      return at ? told([{ at, message: problem.message }]).error : `${problem.key}: ${problem.message}`;
    },
  };
}

/** The text without what nobody may find on the card later. */
export function withoutSecrets(text: string): string {
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { uniqueKeys: false });
  try {
    const found = SECRETS.filter((key) => document.delete(key));
    if (found.length === 0) return text;
    return `# ${found.join(' and ')}: taken over, and removed here\n${document.contents ? String(document) : ''}`;
  } catch {
    // Something refers to the secret, by an alias.
    return '# taken over\n';
  }
}

function nothing(): Setup {
  const explain = ({ message }: ConfigProblem) => message;
  return { changes: [], claimCode: undefined, adminPasswordHash: undefined, explain };
}

function flawsOf(data: Data, document: Document): Flaw[] {
  const { profile, network, config, serve } = data;
  const flaws: Flaw[] = Object.keys(data)
    .filter((key) => !KEYS.includes(key))
    .map((key) => ({ at: [key], message: `is not known: use ${KEYS.join(', ')}` }));
  const flaw = (key: string, wrong: boolean, message: string) => {
    if (wrong) flaws.push({ at: [key], message });
  };
  const claimCode = plain(data, document, 'claimCode');
  const hash = plain(data, document, 'adminPasswordHash');
  flaw(
    'claimCode',
    claimCode !== undefined && !/^\S{8,64}$/.test(claimCode),
    'use 8 to 64 characters without spaces',
  );
  flaw(
    'adminPasswordHash',
    hash !== undefined && !isPasswordHash(hash),
    'is no scrypt hash such as $scrypt$ln=15,r=8,p=3$SALT$HASH: make it as the guide says',
  );
  const known = RECEIVER_PROFILES.map(({ name }) => name);
  flaw(
    'profile',
    profile !== undefined && !known.some((name) => name === profile),
    `use ${known.join(', ')}`,
  );
  flaw('network', network !== undefined && !isMap(network), 'write {interface: eth0, method: dhcp}');
  flaw('config', config !== undefined && !isMap(config), 'write sections as in timeball.yaml below it');
  return [...flaws, ...serveFlaws(serve, config)];
}

function serveFlaws(serve: unknown, config: unknown): Flaw[] {
  if (serve === undefined) return [];
  if (!Array.isArray(serve) || serve.length > MOST_PREFIXES)
    return [{ at: ['serve'], message: `write a list of up to ${MOST_PREFIXES} networks: [10.0.0.0/8]` }];
  const access = isMap(config) ? config['access'] : undefined;
  if (isMap(access) && 'rules' in access)
    return [{ at: ['serve'], message: 'and config.access.rules say the same: keep one of them' }];
  return serve.flatMap((text: unknown, index) => {
    const parsed =
      typeof text === 'string' ? parsePrefix(text) : { error: 'write a network such as 10.0.0.0/8' };
    return text === 'any' || !('error' in parsed) ? [] : [{ at: ['serve', index], message: parsed.error }];
  });
}

function changesOf(data: Data): Told[] {
  const { hostName, profile, serve, network = {}, config = {} } = data;
  const receiver = RECEIVER_PROFILES.find(({ name }) => name === profile)?.settings ?? {};
  const named = { path: ['network', 'hostName'], value: hostName, origin: ['hostName'] };
  const rules = { path: ['access', 'rules'], value: rulesOf(serve), origin: ['serve'] };
  return [
    ...leaves([], receiver).map((change) => ({ ...change, origin: ['profile'] })),
    ...(hostName === undefined ? [] : [named]),
    ...(serve === undefined ? [] : [rules]),
    ...leaves(['network'], network as Data).map((change) => ({ ...change, origin: change.path })),
    ...leaves([], config as Data).map((change) => ({ ...change, origin: ['config', ...change.path] })),
  ];
}

/** Who is served by default stays so. */
function rulesOf(serve: unknown): unknown[] {
  const { rules } = defaultConfig().access;
  const prefixes = (Array.isArray(serve) ? serve : []).map((text: string) => {
    const parsed = parsePrefix(text);
    return 'error' in parsed ? text : formatPrefix(parsed);
  });
  return [...rules, ...[...new Set(prefixes)].map((prefix) => ({ prefix, action: 'serve' }))];
}

/** Where the file says what the configuration has at `key`: at the nearest change. */
function originOf(key: string, changes: readonly Told[]): KeyPath | undefined {
  const covers = ({ path }: Told) => {
    const name = formatPath(path);
    return key === name || (key.startsWith(name) && /^[.[]/.test(key.slice(name.length)));
  };
  const change = changes.findLast(covers);
  if (!change) {
    // A whole section may be wrong.
    const inner = changes.find(({ path }) => formatPath(path).startsWith(`${key}.`));
    return inner?.origin.slice(0, inner.origin.length - inner.path.length + key.split('.').length);
  }
  if (change.origin[0] !== 'config') return change.origin;
  const rest = key.slice(formatPath(change.path).length).match(/[^.[\]]+/g) ?? [];
  return [...change.origin, ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
}

/** As it was written: digits are no number here. */
function plain(data: Data, document: Document, key: string): string | undefined {
  const value = data[key];
  if (value === undefined) return undefined;
  const node = document.get(key, true);
  return typeof value === 'string' || !isScalar(node) ? String(value ?? '') : (node.source ?? String(value));
}

/** Key by key, so that a section keeps what is not named. */
function leaves(path: readonly string[], value: object): ConfigChange[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    isMap(inner) ? leaves([...path, key], inner) : [{ path: [...path, key], value: inner }],
  );
}

function problemText({ line, key, message }: ConfigProblem): string {
  return oneLine(`${line > 0 ? `line ${line}: ` : ''}${key === '' ? '' : `${key}: `}${message}`);
}

/** Keys come from the file: no control character may get to a terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
