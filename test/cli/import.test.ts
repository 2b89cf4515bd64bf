/** `timeball import` as a command: what it says, what it writes, and how it ends. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { EX_CONFIG, EX_DATAERR, EX_NOINPUT, EX_OK, EX_USAGE } from '../../src/cli/exit-codes.ts';
import { loadConfig } from '../../src/config/load.ts';
import { timeball } from '../support/appliance.ts';
import { run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';

const CONFIG = `# our server
ntp:
  refid: PPS # as agreed
access:
  rules:
    # the lab
    - { prefix: 192.0.2.0/24, action: serve }
`;
const scratch = new Scratch({
  'ntp.conf':
    'restrict default limited kod nomodify notrap nopeer\nrestrict 192.168.7.0 mask 255.255.255.0\nbogus\n',
  'chrony.conf': 'allow 10\nmakestep 1 3\n',
  'unclear.conf': 'server ntp.example.com iburst\n',
  'name.conf': 'restrict default\nrestrict client.example.com ignore\nrestrict x.example.com ignore\n',
  'bad.yaml': 'ntp:\n  port: 99999\n',
  'many.conf': Array.from({ length: 30_000 }, (_, i) => `allow 10.${i >> 8}.${i & 255}.0/24\n`).join(''),
  'long.conf': `allow 10\n${'makestep 1 3\n'.repeat(50_000)}`,
  'folder/': '',
});
afterAll(() => scratch.dispose());
const path = (name: string) => `${scratch.path}/${name}`;

function importing(...args: string[]) {
  return run(timeball('import', ...args));
}

describe.concurrent('import', () => {
  test('says what becomes of each line, and writes nothing', async () => {
    const config = scratch.write('kept.yaml', CONFIG);
    expect(await importing(path('ntp.conf'), '--config', config)).toEqual({
      code: EX_OK,
      signal: null,
      err: '',
      out: `1: restrict default limited kod nomodify notrap nopeer → applied: any: served, rate limited, queries allowed
2: restrict 192.168.7.0 mask 255.255.255.0 → applied: 192.168.7.0/24: served, not rate limited, queries allowed
3: bogus → unknown: no directive of ntpd or NTPsec: nothing is taken over
-: queries → warning: any, 192.168.7.0/24: may read this server's state (mode 6, ntpq), and a forged query of 12 bytes sends a victim up to 480: restrict them with noquery, or delete allowQueries from these rules
-: limited → applied: an answer each 8 s, 8 in a row; as in ntpd nothing over the limit is answered (leak 0), so a forged flood can cut a client off: consider access.rateLimit.leak: 16

# for ${config}
access:
  rules:
    - prefix: any
      action: serve
      allowQueries: true
      note: imported, line 1
    - prefix: 192.168.7.0/24
      action: serve
      rateLimit: 'off'
      allowQueries: true
      note: imported, line 2
  rateLimit:
    interval: 8
    burst: 8
    leak: 0
# nothing is written: use --write to change ${config}
`,
    });
    expect(readFileSync(config, 'utf8')).toBe(CONFIG);
  });

  test('--write changes the configuration and keeps the rest of it', async () => {
    const config = scratch.write('changed.yaml', CONFIG);
    const { code, out, err } = await importing(path('chrony.conf'), '--write', '--config', config);
    expect({ code, err }).toEqual({ code: EX_OK, err: '' });
    expect(out).toMatch(new RegExp(`\n# written to ${config}\n$`));
    expect(readFileSync(config, 'utf8')).toMatch(/^# our server\nntp:\n {2}refid: PPS # as agreed\n/);
    const result = loadConfig(config);
    if ('errors' in result) throw new Error(JSON.stringify(result.errors));
    expect(result.config.access.rules.map(({ prefix, action }) => [prefix, action])).toEqual([
      ['10.0.0.0/8', 'serve'],
      ['127.0.0.0/8', 'ignore'],
      ['::1', 'ignore'],
    ]);
  });

  test('--write makes a configuration where there is none', async () => {
    const config = path('new.yaml');
    expect((await importing(path('ntp.conf'), '--write', '--config', config)).code).toBe(EX_OK);
    expect(loadConfig(config)).not.toHaveProperty('errors');
  });

  test('a line that must not be left out: nothing is imported', async () => {
    const config = scratch.write('untouched.yaml', CONFIG);
    const { code, out, err } = await importing(path('name.conf'), '--write', '--config', config);
    expect(code).toBe(EX_CONFIG);
    expect(out).toMatch(
      /^1: restrict default → applied: .*\n2: .* → refused: .*\n3: .* → refused: .*\n(-: .*\n)*$/,
    );
    expect(err).toBe(
      `timeball import: ${path('name.conf')}:2: restrict client.example.com ignore: client.example.com is no address, and names are not looked up: leaving it out would open the server further: write the address, or delete the line (and 1 more): nothing is imported\n`,
    );
    expect(readFileSync(config, 'utf8')).toBe(CONFIG);
  });

  test('the whole report reaches a pipe', async () => {
    const { code, out } = await importing(path('long.conf'));
    expect(code).toBe(EX_OK);
    expect(out.match(/^\d+: /gm)).toHaveLength(50_001);
  });

  test('the format can be given', async () => {
    const { code, out } = await importing(path('unclear.conf'), '--format', 'chrony');
    expect(code).toBe(EX_OK);
    expect(out).toContain('chronyd without allow serves nobody');
  });
});

describe.concurrent('a slip', () => {
  test.for([
    [
      'FILE is missing',
      [],
      EX_USAGE,
      'timeball import: FILE is missing: name the ntp.conf or chrony.conf to import',
    ],
    [
      'unknown format',
      ['DIR/ntp.conf', '--format', 'ntpd'],
      EX_USAGE,
      'timeball import: --format: ntpd is not a format: use ntp or chrony',
    ],
    [
      'unclear format',
      ['DIR/unclear.conf'],
      EX_USAGE,
      'timeball import: DIR/unclear.conf: is neither clearly an ntp.conf nor a chrony.conf: say which with --format ntp or --format chrony',
    ],
    [
      'no such file',
      ['DIR/none.conf'],
      EX_NOINPUT,
      'timeball import: DIR/none.conf: does not exist: name an ntp.conf or chrony.conf',
    ],
    ['a folder', ['DIR/folder'], EX_NOINPUT, 'timeball import: DIR/folder: is a directory: name a file'],
    ['a device', ['/dev/zero'], EX_NOINPUT, 'timeball import: /dev/zero: is not a regular file: name a file'],
    [
      'too large',
      [process.execPath],
      EX_DATAERR,
      `timeball import: ${process.execPath}: is larger than 1048576 bytes: name the right file`,
    ],
    [
      'a bad configuration',
      ['DIR/chrony.conf', '--write', '--config', 'DIR/bad.yaml'],
      EX_CONFIG,
      'DIR/bad.yaml:2:9: ntp.port: 99999 is not a port: use 1 to 65535',
    ],
    [
      'a configuration that can not be written',
      ['DIR/chrony.conf', '--write', '--config', 'DIR/folder'],
      EX_CONFIG,
      'DIR/folder: is a directory: name a file',
    ],
  ] as const)('%s', async ([, args, code, message]) => {
    const located = (text: string) => text.replaceAll('DIR', scratch.path);
    const result = await importing(...args.map(located));
    expect({ code: result.code, err: result.err }).toEqual({ code, err: `${located(message)}\n` });
  });

  test('more rules than a configuration may have', async () => {
    const { code, err } = await importing(path('many.conf'));
    expect(code).toBe(EX_CONFIG);
    expect(err).toMatch(/^.*many\.conf as imported:\d+:\d+: access\.rules: .*20000/);
  });
});
