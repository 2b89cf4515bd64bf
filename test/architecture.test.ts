/** Holds the import table: the way data flows is the way imports point, and nothing else may be imported. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Part → parts it may import. Every part may import itself, `src/time` and the types of `hw/ports.ts`. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  'src/time': [],
  'hw/ports.ts': [],
  'hw/linux': [],
  'hw/sim': ['src/nmea'],
  'src/nmea': [],
  'src/reference': ['src/nmea'],
  'src/discipline': ['src/reference'],
  'src/clock': ['src/discipline'],
  'src/config': [],
  'src/access': ['src/config'],
  'src/ntp': ['src/clock', 'src/access'],
  'src/workers': ['hw/linux', 'src/ntp', 'src/reference'],
  'src/status': ['src/nmea', 'src/reference', 'src/discipline', 'src/clock', 'src/access', 'src/ntp'],
  'src/audit': ['src/config'],
  'src/events': ['src/config', 'src/status'],
  'src/history': ['src/config'],
  'src/syslog': ['src/config'],
  'src/system': ['src/config'],
  'src/update': ['src/config', 'src/system'],
  'src/auth': ['src/config', 'src/audit', 'src/events'],
  'src/tls': ['src/config', 'src/audit', 'src/events'],
  'src/settings': ['src/config', 'src/access', 'src/audit', 'src/events'],
  'src/api': [
    'src/status',
    'src/config',
    'src/access',
    'src/audit',
    'src/events',
    'src/history',
    'src/syslog',
    'src/system',
    'src/auth',
    'src/tls',
    'src/settings',
    'src/update',
  ],
  'src/web': ['src/api', 'src/status'],
  'src/app': [
    'src/nmea',
    'src/reference',
    'src/discipline',
    'src/clock',
    'src/config',
    'src/access',
    'src/ntp',
    'src/status',
    'src/api',
    'src/audit',
    'src/events',
    'src/history',
    'src/syslog',
    'src/system',
    'src/auth',
    'src/tls',
    'src/settings',
    'src/update',
  ],
  'src/cli': [
    'src/app',
    'src/config',
    'src/workers',
    'hw/linux',
    'hw/sim',
    'src/clock',
    'src/reference',
    'src/status',
    'src/api',
    'src/access',
    'src/audit',
    'src/auth',
    'src/events',
    'src/settings',
    'src/system',
    'src/update',
  ],
};

/** `app.ts` is wiring, spread over a few files beside it; `main.ts` and `cli/` choose devices and commands. */
function partOf(file: string): string {
  if (file === 'hw/ports.ts') return file;
  const [top, folder] = file.split('/') as [string, string];
  if (file === 'src/main.ts' || folder === 'cli') return 'src/cli';
  if (top === 'src' && folder.endsWith('.ts')) return 'src/app';
  return `${top}/${folder}`;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const FILES = [...sources('src'), ...sources('hw')];
const IMPORTS: Import[] = FILES.flatMap((from) => {
  const text = readFileSync(join(ROOT, from), 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm,
  );
  return [...found].map((match) => ({
    from,
    to: relative(ROOT, resolve(ROOT, dirname(from), (match[2] ?? match[3]) as string)),
    typeOnly: match[1] !== undefined,
  }));
});

describe('the import table', () => {
  test('sees the source', () => {
    expect(FILES.length).toBeGreaterThan(80);
    expect(IMPORTS.length).toBeGreaterThan(200);
    for (const { to } of IMPORTS) expect(existsSync(join(ROOT, to)), to).toBe(true);
  });

  test('has every part', () => {
    expect([...new Set(FILES.map(partOf))].filter((part) => !(part in TABLE))).toEqual([]);
  });

  test('is kept', () => {
    const wrong = IMPORTS.filter(({ from, to, typeOnly }) => !allowed(partOf(from), partOf(to), typeOnly));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('only hw/linux touches FFI and device packages', () => {
    const packages =
      /from '(koffi|serialport|@serialport\/[^']+|onoff)'|import\('(koffi|serialport|onoff)'\)/;
    const wrong = FILES.filter(
      (file) => !file.startsWith('hw/linux/') && packages.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  test('nothing imports tests', () => {
    expect(IMPORTS.filter(({ to }) => to.startsWith('test/'))).toEqual([]);
  });

  test('has no cycles between files', () => {
    expect(cycles()).toEqual([]);
  });
});

function allowed(from: string, to: string, typeOnly: boolean): boolean {
  if (from === to || to === 'src/time') return true;
  if (to === 'hw/ports.ts') return typeOnly;
  return TABLE[from]?.includes(to) ?? false;
}

/** Imports of types alone vanish in the compiled program and make no cycle. */
function cycles(): string[] {
  const graph = new Map<string, string[]>();
  for (const { from, to, typeOnly } of IMPORTS)
    if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of FILES) visit(file, []);
  return found;
}
