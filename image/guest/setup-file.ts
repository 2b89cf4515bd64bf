/** The setup file that a person puts on the card's FAT partition: what it says, as changes of the configuration. */
import { parse } from 'yaml';
import type { ConfigChange } from '../../src/config/edit.ts';

export interface Setup {
  readonly changes: readonly ConfigChange[];
  /** What the first visitor must enter; undefined: the board makes one. */
  readonly claimCode: string | undefined;
}

const KEYS = ['hostName', 'claimCode', 'profile', 'network', 'config'];

/** Receivers as they come on boards for the Raspberry Pi's header. */
const PROFILES: Readonly<Record<string, readonly ConfigChange[]>> = {
  generic: [],
  uputronics: [
    { path: ['receiver', 'device'], value: '/dev/ttyAMA0' },
    { path: ['pps', 'line'], value: 18 },
  ],
  adafruit: [
    { path: ['receiver', 'device'], value: '/dev/ttyAMA0' },
    { path: ['pps', 'line'], value: 4 },
  ],
};

/** Bad content is a line for the person who wrote it. */
export function readSetup(text: string): Setup | { readonly error: string } {
  let data: unknown;
  try {
    data = parse(text.replace(/^\uFEFF/, ''));
  } catch (problem) {
    return { error: `it is no YAML: ${(problem as Error).message.split('\n', 1)[0]}` };
  }
  if (data === null) return { changes: [], claimCode: undefined };
  if (!isMap(data)) return { error: 'it does not consist of lines such as hostName: timeball' };
  const unknown = Object.keys(data).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return { error: `${unknown} is not known: use ${KEYS.join(', ')}` };
  return changesOf(data);
}

function changesOf(data: Readonly<Record<string, unknown>>): Setup | { readonly error: string } {
  const { hostName, claimCode, profile = 'generic', network = {}, config = {} } = data;
  if (claimCode !== undefined && !/^\S{8,64}$/.test(String(claimCode)))
    return { error: 'claimCode: use 8 to 64 characters without spaces' };
  const receiver = typeof profile === 'string' ? PROFILES[profile] : undefined;
  if (!receiver) return { error: `profile: use ${Object.keys(PROFILES).join(', ')}` };
  if (!isMap(network)) return { error: 'network: write {interface: eth0, method: dhcp}' };
  if (!isMap(config)) return { error: 'config: write sections as in timeball.yaml below it' };
  const named = hostName === undefined ? [] : [{ path: ['network', 'hostName'], value: hostName }];
  return {
    claimCode: claimCode === undefined ? undefined : String(claimCode),
    changes: [...receiver, ...named, ...leaves(['network'], network), ...leaves([], config)],
  };
}

/** Key by key, so that a section keeps what is not named. */
function leaves(path: readonly string[], value: Readonly<Record<string, unknown>>): ConfigChange[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isMap(inner) ? leaves([...path, key], inner) : [{ path: [...path, key], value: inner }],
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
