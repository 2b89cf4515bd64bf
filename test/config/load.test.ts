import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Check } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultConfigYaml } from '../../src/config/default-yaml.ts';
import { loadConfig, MAX_CONFIG_SIZE, parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { ConfigSchema } from '../../src/config/schema.ts';
import { defaultConfig } from '../../src/config/validate.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'timeball-load-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function written(content: string | Uint8Array): string {
  const path = join(directory, 'c.yaml');
  writeFileSync(path, content);
  return path;
}

function linesOf(path: string): string[] {
  const result = loadConfig(path);
  return 'errors' in result ? result.errors.map(formatProblem) : [];
}

describe('defaults', () => {
  test('the schema accepts its own defaults', () => {
    expect(Check(ConfigSchema, defaultConfig())).toBe(true);
    expect(defaultConfig().ntp).toEqual({
      listen: ['0.0.0.0', '::'],
      port: 123,
      refid: 'GPS',
      workers: 1,
      servers: [],
    });
  });

  test.each(['', '# nothing\n', 'ntp:\nhttp: {}\n', '---\n', '\ufeff'])('%j means all of them', (text) => {
    expect(parseConfig(text, 'f')).toMatchObject({ config: defaultConfig() });
  });

  test('the commented default file names every key and loads to exactly the defaults', () => {
    const text = defaultConfigYaml();
    const result = parseConfig(text, 'f');
    expect('config' in result && result.config).toEqual(defaultConfig());
    expect('config' in result && result.data).toEqual(defaultConfig());
    expect(text).toContain('  # Use 1 to 65535.\n  port: 123\n');
    expect(text).toContain("    - {prefix: loopback, action: serve, rateLimit: 'off', allowQueries: true}\n");
    expect(text).toContain('  rateLimit:\n    # Seconds per answer');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('two loads share nothing', () => {
    defaultConfig().ntp.listen.push('x');
    expect(defaultConfig().ntp.listen).toHaveLength(2);
  });
});

describe('a file', () => {
  test('overrides what it names and nothing else', () => {
    const path = written('ntp:\r\n  port: 1123\r\nreceiver: {baud: 9600, burstOffset: -50.5}\r\n');
    const expected = defaultConfig();
    expected.ntp.port = 1123;
    expected.receiver.baud = 9600;
    expected.receiver.burstOffset = -50.5;
    expect(loadConfig(path)).toMatchObject({ config: expected });
  });

  test('may use aliases', () => {
    const result = parseConfig("ntp: {listen: &all ['127.0.0.1']}\nhttp: {listen: *all}\n", 'f');
    expect('config' in result && result.config.http.listen).toEqual(['127.0.0.1']);
  });

  test('a problem behind an alias is placed where it is used', () => {
    const result = parseConfig('ntp: {port: &p 0}\npps:\n  line: *p\nclock:\n  steer: *p\n', 'f');
    expect('errors' in result && result.errors.map(({ key, line }) => [key, line])).toEqual([
      ['ntp.port', 1],
      ['clock.steer', 5],
    ]);
  });
});

describe('a file that cannot be used', () => {
  test('missing', () => {
    const path = join(directory, 'none.yaml');
    expect(linesOf(path)).toEqual([`${path}: does not exist: create it or name another file`]);
  });

  test('a directory', () => {
    expect(linesOf(directory)).toEqual([`${directory}: is a directory: name a file`]);
  });

  test('a link to itself', () => {
    const path = join(directory, 'loop');
    symlinkSync(path, path);
    expect(linesOf(path)[0]).toContain('leads back to itself');
  });

  test('a device that never ends', () => {
    expect(linesOf('/dev/zero')).toEqual(['/dev/zero: is not a regular file: name a file']);
  });

  test('a path with a NUL', () => {
    expect(linesOf('a\0b')).toHaveLength(1);
  });

  test.skipIf(process.getuid?.() === 0)('unreadable', () => {
    const path = written('');
    chmodSync(path, 0);
    expect(linesOf(path)[0]).toContain('may not be read');
  });

  test('not UTF-8', () => {
    const path = written(new Uint8Array([0x6e, 0xff, 0xfe]));
    expect(linesOf(path)).toEqual([`${path}: is not UTF-8 text: save it as UTF-8`]);
  });

  test('too big, by one byte', () => {
    expect(linesOf(written(`#${'x'.repeat(MAX_CONFIG_SIZE - 1)}`))).toEqual([]);
    expect(linesOf(written(`#${'x'.repeat(MAX_CONFIG_SIZE)}`))[0]).toContain('is larger than 4194304 bytes');
  });
});

describe('a hostile file', () => {
  const deep = (text: string) => {
    const result = parseConfig(text, 'f');
    return 'errors' in result ? result.errors.map(formatProblem) : [];
  };
  const tooDeep = 'f: is nested too deep: use at most 64 levels and 200 columns of indentation';

  test.each([
    ['brackets', '['.repeat(500_000)],
    ['maps', '{a: '.repeat(100_000)],
    ['list marks', '- '.repeat(100_000)],
    ['question marks', '? '.repeat(100_000)],
    ['indentation', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ])('nested %s', (_, text) => {
    expect(deep(text)).toEqual([tooDeep]);
  });

  test('brackets in quotes and comments are no nesting', () => {
    expect(deep(`# ${'['.repeat(100)}\nstate:\n  directory: "/${'['.repeat(100)}"\n`)).toEqual([]);
  });

  test('an alias bomb', () => {
    const level = (i: number) =>
      `l${i}: &l${i} [${Array(9)
        .fill(`*l${i - 1}`)
        .join(', ')}]\n`;
    const text = `l0: &l0 [x, x]\n${Array.from({ length: 9 }, (_, i) => level(i + 1)).join('')}`;
    expect(deep(text)).toEqual([expect.stringContaining('write the values out instead of aliases')]);
  });

  test('an alias without anchor', () => {
    expect(deep('ntp: *x\n')).toEqual([expect.stringContaining('Unresolved alias')]);
  });

  test('more problems than anyone reads', () => {
    const lines = deep(Array.from({ length: 500 }, (_, i) => `k${i}: 1\n`).join(''));
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('f: 400 more problems: correct these first');
  });
});
