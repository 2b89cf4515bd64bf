/** What an operator's slips lead to: one line that says what, where and what to do, and an exit code of sysexits. */
import { afterAll, describe, expect, test } from 'vitest';
import {
  EX_CONFIG,
  EX_DATAERR,
  EX_NOINPUT,
  EX_OSERR,
  EX_UNAVAILABLE,
  EX_USAGE,
} from '../../src/cli/exit-codes.ts';
import { COMMANDS } from '../../src/cli/options.ts';
import { timeball } from '../support/appliance.ts';
import { run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch({
  'bad.yaml': 'ntp:\n  port: 99999\n  prot: 1\n',
  'cut.yaml': 'ntp: [\n',
  'clash.yaml': "ntp:\n  listen: ['0.0.0.0', eth0]\n",
  'bad.list': 'garbage\n',
  'empty.log': '',
  'folder/': '',
});
scratch.write('no-leap.yaml', `leap:\n  file: ${scratch.path}/none.list\n`);
scratch.write('bad-leap.yaml', `leap:\n  file: ${scratch.path}/bad.list\n`);
afterAll(() => scratch.dispose());

/** TEST-NET-1 (RFC 5737): no machine has these addresses. */
const NOWHERE = '192.0.2.1:0';
const BAD_CONFIG = [
  'DIR/bad.yaml:2:9: ntp.port: 99999 is not a port: use 1 to 65535',
  'DIR/bad.yaml:3:3: ntp.prot: unknown key: did you mean ntp.port?',
].join('\n');
const CUT_CONFIG =
  'DIR/cut.yaml:2:1: the indentation does not fit the lines above: line up the keys of a section, close every bracket';
const CLASH =
  "DIR/clash.yaml:2:23: ntp.listen[1]: eth0:123 can't be bound beside 0.0.0.0:123 (ntp.listen[0]): 0.0.0.0:123 takes every address and interface already: delete one, or give one another port";
const NO_LEAP =
  "DIR/no-leap.yaml:2:9: leap.file: DIR/none.list: can't be read (ENOENT); set it to auto or replace the file";
const BAD_LEAP =
  'DIR/bad-leap.yaml:2:9: leap.file: DIR/bad.list: line 1: expected "NTP-seconds TAI-UTC", found "garbage"; set it to auto or replace the file';

/** The arguments, the exit code, and all that is written; DIR is the folder of the files above. */
const CASES: readonly (readonly [string, number, string])[] = [
  ['', EX_USAGE, `timeball: no command: use one of ${Object.keys(COMMANDS).join(', ')}`],
  ['serve', EX_USAGE, 'timeball: unknown command serve: see timeball --help'],
  ['simulate --bogus', EX_USAGE, 'timeball simulate: unknown option --bogus: see timeball simulate --help'],
  ['simulate --seed abc', EX_USAGE, 'timeball simulate: --seed: abc is not a seed: use 0 to 4294967295'],
  ['simulate --seed', EX_USAGE, 'timeball simulate: --seed has no value: write --seed N'],
  ['simulate --seed -1', EX_USAGE, 'timeball simulate: --seed: -1 is not a seed: use 0 to 4294967295'],
  [
    'simulate --build-date tomorrow',
    EX_USAGE,
    'timeball simulate: --build-date: tomorrow is not a date: use YYYY-MM-DD',
  ],
  [
    'simulate --ntp 127.0.0.1:99999',
    EX_USAGE,
    'timeball simulate: --ntp: "127.0.0.1:99999" has no valid port: use 0 to 65535',
  ],
  [
    'simulate --http time.example:80',
    EX_USAGE,
    'timeball simulate: --http: "time.example:80" is not an address: use an IP address, localhost or an interface, names are not looked up',
  ],
  [
    'run DIR/bad.yaml',
    EX_USAGE,
    'timeball run: unexpected argument DIR/bad.yaml: it takes options only, see timeball run --help',
  ],
  ['replay', EX_USAGE, 'timeball replay: FILE is missing: name the receiver log (NMEA 0183) to replay'],

  [
    'simulate --nmea DIR/none.log',
    EX_NOINPUT,
    'timeball simulate: --nmea: DIR/none.log: does not exist: name a receiver log',
  ],
  [
    'simulate --nmea DIR/folder',
    EX_NOINPUT,
    'timeball simulate: --nmea: DIR/folder: is a directory: name a receiver log',
  ],
  [
    'simulate --nmea DIR/empty.log',
    EX_DATAERR,
    'timeball simulate: --nmea: DIR/empty.log: holds no NMEA sentences: name a receiver log',
  ],
  [
    'simulate --nmea /dev/zero',
    EX_DATAERR,
    'timeball simulate: --nmea: /dev/zero: is larger than 64 MiB: cut it into parts',
  ],
  ['replay DIR/none.log', EX_NOINPUT, 'timeball replay: DIR/none.log: does not exist: name a receiver log'],
  ['replay DIR/folder', EX_NOINPUT, 'timeball replay: DIR/folder: is a directory: name a receiver log'],
  [
    'replay DIR/empty.log',
    EX_DATAERR,
    'timeball replay: DIR/empty.log: holds no NMEA sentences: name a receiver log',
  ],

  ['simulate --config DIR/bad.yaml', EX_CONFIG, BAD_CONFIG],
  ['run --config DIR/bad.yaml', EX_CONFIG, BAD_CONFIG],
  ['check DIR/bad.yaml', EX_CONFIG, BAD_CONFIG],
  ['check --config DIR/cut.yaml', EX_CONFIG, CUT_CONFIG],
  ['run --config DIR/none.yaml', EX_CONFIG, 'DIR/none.yaml: does not exist: create it or name another file'],
  ['run --config DIR/folder', EX_CONFIG, 'DIR/folder: is a directory: name a file'],
  ['simulate --config /dev/zero', EX_CONFIG, '/dev/zero: is not a regular file: name a file'],
  ['simulate --config DIR/no-leap.yaml', EX_CONFIG, NO_LEAP],
  ['run --config DIR/no-leap.yaml', EX_CONFIG, NO_LEAP],
  ['run --config DIR/bad-leap.yaml', EX_CONFIG, BAD_LEAP],
  ['check DIR/bad-leap.yaml', EX_CONFIG, BAD_LEAP],
  ['check DIR/clash.yaml', EX_CONFIG, CLASH],
  ['run --config DIR/clash.yaml', EX_CONFIG, CLASH],

  [
    `simulate --ntp ${NOWHERE} --http 127.0.0.1:0`,
    EX_OSERR,
    `timeball: can't serve NTP on ${NOWHERE}: this host has no such address; choose one it has, or 0.0.0.0 or [::] for all, with --ntp`,
  ],
  [
    `simulate --ntp 127.0.0.1:0 --http ${NOWHERE}`,
    EX_OSERR,
    `timeball: HTTP ${NOWHERE}: this machine has no such address: choose one it has with --http`,
  ],
  [
    'api GET /api/v1/status --socket /nowhere.sock',
    EX_UNAVAILABLE,
    'timeball api: no appliance answers on /nowhere.sock (ENOENT): start it, or give its address with --http or --socket',
  ],
  ['api get /', EX_USAGE, 'timeball api: get is not a method: use one of GET, POST, PUT, PATCH, DELETE'],
  ['api GET status', EX_USAGE, 'timeball api: status is not a path: use one such as /api/v1/status'],
];

const located = (text: string) => text.replaceAll('DIR', scratch.path);

describe.concurrent('a slip', () => {
  test.for(CASES)('timeball %s: exit code %i', async ([line, code, message]) => {
    const args = line === '' ? [] : located(line).split(' ');
    expect(await run(timeball(...args))).toEqual({
      code,
      signal: null,
      out: '',
      err: `${located(message)}\n`,
    });
  });

  test('timeball status without an appliance', async () => {
    // Port 0 is never served.
    const { code, out, err } = await run(timeball('status', '--http', '127.0.0.1:0'));
    expect({ code, out }).toEqual({ code: EX_UNAVAILABLE, out: '' });
    expect(err).toMatch(
      /^timeball status: no appliance answers on http:\/\/127\.0\.0\.1:0 \(\w+\): start it, or .* --http or --socket\n$/,
    );
  });
});
