import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultConfigYaml } from '../../src/config/default-yaml.ts';
import type { ConfigChange } from '../../src/config/edit.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { replaceConfig, updateConfig } from '../../src/config/store.ts';
import { OWNED } from './owned-yaml.ts';

describe('updateConfig', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'timeball-store-'));
    path = join(directory, 'timeball.yaml');
    writeFileSync(path, OWNED);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function errorsOf(changes: readonly ConfigChange[]): Promise<string[]> {
    const result = await updateConfig(path, changes);
    return 'errors' in result
      ? result.errors.map((problem) => formatProblem(problem).replace(path, 'f'))
      : [];
  }

  test('makes the changes and returns the new configuration', async () => {
    chmodSync(path, 0o640);
    const changes = [
      { path: ['ntp', 'port'], value: 1123 },
      { path: ['receiver', 'baud'], value: 9600 },
    ];
    const result = await updateConfig(path, changes);
    expect(result).toMatchObject({ config: { ntp: { port: 1123 }, receiver: { baud: 9600 } } });
    expect(loadConfig(path)).toMatchObject({ config: 'config' in result && result.config });
    expect(readFileSync(path, 'utf8')).toContain('# Antenna on the roof.');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory)).toEqual(['timeball.yaml']);
  });

  test.each([
    [[{ path: ['ntp', 'port'], value: 0 }], 'f:6:11: ntp.port: 0 is not a port: use 1 to 65535'],
    [[{ path: ['ntp', 'prot'], value: 1 }], 'f:14:5: ntp.prot: unknown key: did you mean ntp.port?'],
    [
      [{ path: ['ntp'], value: 1 }],
      'f:4:6: ntp: 1 is not a section: write KEY: VALUE lines, with keys of listen, port, refid, workers, servers',
    ],
    [[{ path: [], value: {} }], 'f: no key is named: name one, such as ntp.port'],
    [[{ path: ['ntp', 'port', 'x'], value: 1 }], 'f: ntp.port.x: cannot be changed here'],
    [
      [
        { path: ['ntp', 'port'], value: 5 },
        { path: ['log', 'level'], value: 'x' },
      ],
      'log.level: "x" is not a log level',
    ],
    [[{ path: ['__proto__', 'x'], value: 5 }], '__proto__: unknown key'],
    [[{ path: ['ntp', 'refid'], value: { a: 1 } }], 'ntp.refid: a map is not a reference identifier'],
  ])('makes none of them on an error, case %#', async (changes, message) => {
    const before = statSync(path);
    expect(await errorsOf(changes)).toEqual([expect.stringContaining(message)]);
    expect(readFileSync(path, 'utf8')).toBe(OWNED);
    expect(statSync(path).ino).toBe(before.ino);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  test('refuses to touch a file that is wrong already', async () => {
    const wrong = `${OWNED}log: {level: loud}\n`;
    writeFileSync(path, wrong);
    expect(await errorsOf([{ path: ['ntp', 'port'], value: 5 }])).toEqual([
      expect.stringContaining('log.level'),
    ]);
    expect(readFileSync(path, 'utf8')).toBe(wrong);
  });

  test('creates a file', async () => {
    rmSync(path);
    expect(await errorsOf([{ path: ['ntp', 'port'], value: 5 }])).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('ntp:\n  port: 5\n');
  });

  test('says when it cannot', async () => {
    path = join(directory, 'none', 'timeball.yaml');
    const message = 'f: not saved: its directory does not exist: create it';
    expect(await errorsOf([{ path: ['ntp', 'port'], value: 5 }])).toEqual([message]);
  });

  test('follows a symbolic link', async () => {
    const link = join(directory, 'link.yaml');
    symlinkSync(path, link);
    await updateConfig(link, [{ path: ['ntp', 'port'], value: 5 }]);
    expect(readFileSync(path, 'utf8')).toContain('port: 5 ');
    expect(existsSync(link) && loadConfig(link)).toMatchObject({ config: { ntp: { port: 5 } } });
    expect(readdirSync(directory).sort()).toEqual(['link.yaml', 'timeball.yaml']);
  });

  test('updates at the same time all take effect', async () => {
    writeFileSync(path, defaultConfigYaml());
    const keys = ['lockBoundKernel', 'lockBoundUser', 'antennaDelay', 'cableDelay'];
    await Promise.all(
      keys.map((key, i) => updateConfig(path, [{ path: ['discipline', key], value: i + 1 }])),
    );
    expect(loadConfig(path)).toMatchObject({
      config: { discipline: { lockBoundKernel: 1, lockBoundUser: 2, antennaDelay: 3, cableDelay: 4 } },
    });
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(defaultConfigYaml().split('\n').length);
  });

  test('of a long list: each change sees what was changed before, by this program and by hand', async () => {
    const rule = (i: number) => ({ prefix: `10.2.${i}.0/24`, action: i % 2 === 0 ? 'serve' : 'deny' });
    const lines = Array.from({ length: 250 }, (_, i) => `    - ${JSON.stringify(rule(i))} # r${i}\n`);
    writeFileSync(path, `access:\n  rules:\n${lines.join('')}`);
    const change = (...place: string[]) => ({ path: ['access', 'rules', ...place], value: undefined });
    for (const changes of [
      [change('0')],
      [change('200'), { path: ['ntp', 'port'], value: 5 }],
      [change('100')],
    ])
      expect(await errorsOf(changes)).toEqual([]);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"serve"} # r50\n', '"ignore"} # mine\n'));
    expect(await errorsOf([change('7')])).toEqual([]);
    const expected = Array.from({ length: 250 }, (_, i) => rule(i)).filter(
      (_, i) => ![0, 201, 101, 8].includes(i),
    );
    const at = expected.findIndex(({ prefix }) => prefix === rule(50).prefix);
    const config = {
      access: { rules: expected.with(at, { ...rule(50), action: 'ignore' }) },
      ntp: { port: 5 },
    };
    expect(loadConfig(path)).toMatchObject({ config });
    const text = readFileSync(path, 'utf8');
    for (const i of [1, 7, 9, 100, 102, 249]) expect(text).toContain(`# r${i}\n`);
    for (const i of [0, 8, 50, 101, 201]) expect(text).not.toContain(`# r${i}\n`);
    expect(text).toContain('# mine\n');
    expect(await errorsOf([{ path: ['access', 'rules', '3', 'action'], value: 'sevre' }])).toEqual([
      expect.stringMatching(/^f:\d+:\d+: access\.rules\[3\]\.action: "sevre" is not an action/),
    ]);
    expect(readFileSync(path, 'utf8')).toBe(text);
    // What was returned is its caller's: what is kept for the next change must not be the same.
    const result = await updateConfig(path, [{ path: ['ntp', 'port'], value: 6 }]);
    if ('config' in result) result.config.access.rules.pop();
    expect(loadConfig(path)).toMatchObject({ config: { access: config.access } });
  });

  test('a whole text replaces the one that its writer has seen, and no other', async () => {
    const next = parseConfig('log: {level: warn}\n', path);
    if ('errors' in next) throw new Error('the test itself is wrong');
    const late = replaceConfig(path, OWNED, next);
    await updateConfig(path, [{ path: ['ntp', 'port'], value: 6 }]);
    expect(await late).toMatchObject({ text: next.text });
    expect(readFileSync(path, 'utf8')).toBe('log: {level: warn}\nntp:\n  port: 6\n');
    expect(await replaceConfig(path, OWNED, next)).toMatchObject({
      errors: [{ message: 'was changed by somebody else meanwhile: look again' }],
    });
  });
});
