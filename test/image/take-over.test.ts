/** The setup file on a folder in place of the card's partition, with the real configuration and the real accounts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_SETUP } from '../../image/guest/setup-file.ts';
import { type Given, takeOverSetup } from '../../image/guest/take-over.ts';
import { PasswordHasher } from '../../src/auth/password.ts';
import { openState } from '../../src/cli/users-state.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Scratch } from '../support/scratch.ts';

const DEFAULTS = readFileSync('image/overlay/usr/lib/timeball/timeball.default.yaml', 'utf8');
const ERROR = 'timeball-setup.error.txt';
const DONE = 'timeball-setup.done.yaml';

let scratch: Scratch;
let said: string[];
let given: Given[];
let writes: number;
let accept: (one: Given) => Promise<void>;
const card = (name: string) => join(scratch.path, 'card', name);
const config = () => join(scratch.path, 'timeball.yaml');

beforeEach(() => {
  scratch = new Scratch();
  mkdirSync(card(''));
  writeFileSync(card('config.txt'), '');
  writeFileSync(config(), DEFAULTS);
  said = [];
  given = [];
  writes = 0;
  accept = async (one) => void given.push(one);
});
afterEach(() => scratch.dispose());

function start(): Promise<void> {
  return takeOverSetup({
    folder: card(''),
    config: config(),
    writable: async (task) => {
      writes++;
      await task();
    },
    accept: (one) => accept(one),
    say: (text) => said.push(text),
  });
}

const put = (content: string | Uint8Array, name = 'timeball-setup.yaml') =>
  writeFileSync(card(name), content);
const names = () => readdirSync(card('')).sort();

describe('a sound file', () => {
  test('is taken over, and stays without its secrets', async () => {
    put('hostName: station-7\nclaimCode: open-sesame\nprofile: uputronics\n');
    writeFileSync(card(ERROR), 'of before');
    await start();
    const loaded = loadConfig(config());
    expect('config' in loaded && loaded.config).toMatchObject({
      network: { hostName: 'station-7' },
      pps: { line: 18 },
      clock: { steer: true },
    });
    expect(given).toMatchObject([{ claimCode: 'open-sesame', adminPasswordHash: undefined }]);
    expect(names()).toEqual(['config.txt', DONE]);
    expect(readFileSync(card(DONE), 'utf8')).toContain('hostName: station-7');
    expect(readFileSync(card(DONE), 'utf8')).not.toContain('open-sesame');
    expect(said).toEqual(['timeball-setup.yaml is taken over']);
    await start();
    expect(writes).toBe(1);
  });

  test.each(['timeball-setup.yaml.txt', 'Timeball-Setup.YAML', 'timeball-setup.yml'])(
    'may be called %s as well',
    async (name) => {
      put('hostName: a1\n', name);
      await start();
      expect(names()).toEqual(['config.txt', DONE]);
    },
  );

  test('is taken over once more where the power went before it was renamed', async () => {
    put('hostName: a1\nclaimCode: open-sesame\n');
    await expect(
      takeOverSetup({
        folder: card(''),
        config: config(),
        writable: async () => {
          throw new Error('the power is gone');
        },
        accept: (one) => accept(one),
        say: () => {},
      }),
    ).rejects.toThrow('the power is gone');
    await start();
    expect(given.map(({ claimCode }) => claimCode)).toEqual(['open-sesame', 'open-sesame']);
    expect(names()).toEqual(['config.txt', DONE]);
  });

  test('gives the administrator a password, by its hash; and another one later', async () => {
    const hasher = new PasswordHasher({ log2n: 4, r: 8, p: 1 });
    const state = () => openState('test', { state: scratch.path, config: config() });
    const login = (password: string) => hasher.verify(password, state().users.named('admin')?.passwordHash);
    accept = async ({ adminPasswordHash = '' }) => {
      const { settle, users } = state();
      await settle(users.adopt('admin', adminPasswordHash, '2026-01-01T00:00:00Z'));
    };
    for (const password of ['first of all passwords', 'second of all passwords']) {
      put(`adminPasswordHash: ${await hasher.hash(password)}\n`);
      await start();
      expect(await login(password)).toBe(true);
    }
    expect(await login('first of all passwords')).toBe(false);
    expect(state().users.list()).toMatchObject([{ id: 1, name: 'admin', role: 'admin', disabled: false }]);
  });
});

describe('a bad file changes nothing, and the card says why', () => {
  const utf16 = Buffer.from('\uFEFFhostName: station-7\r\n', 'utf16le');
  test.each<[string, () => void, RegExp]>([
    ['a folder', () => mkdirSync(card('timeball-setup.yaml')), /it is a directory: name a file/],
    ['too large', () => put(`hostName: a1 # ${'x'.repeat(MAX_SETUP)}`), /it is larger than 65536 bytes/],
    ['UTF-16, as an old editor saves it', () => put(utf16), /it is not UTF-8 text: save it as UTF-8/],
    ['UTF-16 without a mark', () => put(utf16.subarray(2)), /it is not UTF-8 text/],
    ['no text at all', () => put(Buffer.from([0x1f, 0x8b, 8, 0, 0xff])), /it is not UTF-8 text/],
    [
      'a value that is refused',
      () => put('hostName: a1\r\nconfig: {pps: {line: -1}}'),
      /^line 2: config.pps.line: -1 /m,
    ],
    [
      'several files',
      () => {
        put('hostName: a1');
        put('hostName: b1', 'timeball-setup.yaml.txt');
      },
      /more than one/,
    ],
  ])('%s', async (_, make, reason) => {
    make();
    const before = names();
    await start();
    expect(readFileSync(config(), 'utf8')).toBe(DEFAULTS);
    expect(given).toEqual([]);
    expect(names()).toEqual([...before, ERROR].sort());
    const text = readFileSync(card(ERROR), 'utf8');
    expect(text).toMatch(reason);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(said).toHaveLength(1);
    // The card is written only once for it.
    await start();
    expect(writes).toBe(1);
  });

  test('nor does one whose accounts can’t be set', async () => {
    put('hostName: a1\nclaimCode: open-sesame\n');
    accept = async () => {
      throw new Error('users.json is damaged: restore a backup');
    };
    await start();
    expect(readFileSync(config(), 'utf8')).toBe(DEFAULTS);
    expect(readFileSync(card(ERROR), 'utf8')).toContain('users.json is damaged');
    expect(existsSync(card(DONE))).toBe(false);
  });

  test('without a file nothing is written', async () => {
    await start();
    expect([names(), writes, said]).toEqual([['config.txt'], 0, []]);
  });
});
