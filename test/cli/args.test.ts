import { expect, expectTypeOf, test } from 'vitest';
import { CliError, EX_USAGE } from '../../src/cli/exit-codes.ts';
import { COMMANDS, parseTimeball } from '../../src/cli/options.ts';

const NTP = [
  { host: '127.0.0.1', port: 11123 },
  { host: '::1', port: 11123 },
];
const HTTP = { host: '127.0.0.1', port: 8080 };
const SOCKET = '/run/timeball/control.sock';
const SIMULATE = {
  ntp: NTP,
  http: HTTP,
  nmea: undefined,
  seed: undefined,
  config: undefined,
  headless: false,
  login: false,
  socket: undefined,
};

test.each([
  ['run', 'run', { config: '/etc/timeball.yaml', socket: SOCKET }, []],
  ['run --config x.yaml', 'run', { config: 'x.yaml', socket: SOCKET }, []],
  ['run --config=-x', 'run', { config: '-x', socket: SOCKET }, []],
  ['simulate', 'simulate', { ...SIMULATE, buildDate: undefined }, []],
  [
    'simulate --ntp 127.0.0.1:0 --ntp=[::1]:5 --ntp 127.0.0.2 --headless --seed 4294967295 --nmea - --build-date 2026-01-02',
    'simulate',
    {
      ...SIMULATE,
      ntp: [
        { host: '127.0.0.1', port: 0 },
        { host: '::1', port: 5 },
        { host: '127.0.0.2', port: 11123 },
      ],
      headless: true,
      seed: 4_294_967_295,
      nmea: '-',
      buildDate: { day: 20_455, second: 0, nanos: 0 },
    },
    [],
  ],
  [
    'status --json --http [::1]:80',
    'status',
    { json: true, http: { host: '::1', port: 80 }, socket: undefined },
    [],
  ],
  ['replay --rebase now a.nmea', 'replay', { rebase: 'now', json: false, buildDate: undefined }, ['a.nmea']],
  ['replay -- --json', 'replay', { rebase: undefined, json: false, buildDate: undefined }, ['--json']],
  ['check', 'check', { config: '/etc/timeball.yaml', printDefault: false }, []],
  ['check f --print-default', 'check', { config: '/etc/timeball.yaml', printDefault: true }, ['f']],
])('timeball %s', (line, command, options, positionals) => {
  expect(parseTimeball(line.split(' '))).toEqual({ kind: 'command', command, options, positionals });
});

test.each([
  ['', `timeball: no command: use one of ${Object.keys(COMMANDS).join(', ')}`],
  ['simulat', 'timeball: unknown command simulat: did you mean simulate?'],
  ['constructor', 'timeball: unknown command constructor: see timeball --help'],
  ['--json', 'timeball: unknown option --json: see timeball --help'],
  ['simulate --nmae x', 'timeball simulate: unknown option --nmae: did you mean --nmea?'],
  ['simulate --builddate x', 'timeball simulate: unknown option --builddate: did you mean --build-date?'],
  ['simulate --no-headless', 'timeball simulate: unknown option --no-headless: did you mean --headless?'],
  ['simulate -n', 'timeball simulate: unknown option -n: see timeball simulate --help'],
  ['simulate --headless=no', 'timeball simulate: --headless takes no value: leave out =no'],
  ['simulate --config --headless', 'timeball simulate: --config has no value: write --config FILE'],
  ['simulate --config', 'timeball simulate: --config has no value: write --config FILE'],
  ['simulate --config=', 'timeball simulate: --config has no value: write --config FILE'],
  ['simulate --seed 1 --seed 2', 'timeball simulate: --seed is given twice: give it once'],
  ['simulate --seed 4294967296', 'timeball simulate: --seed: 4294967296 is not a seed: use 0 to 4294967295'],
  ['simulate --seed -1', 'timeball simulate: --seed: -1 is not a seed: use 0 to 4294967295'],
  ['simulate --seed=-1', 'timeball simulate: --seed: -1 is not a seed: use 0 to 4294967295'],
  ['clients --limit -5', 'timeball clients: --limit: -5 is not possible: use 1 to 1000'],
  ['simulate --seed 1e3', 'timeball simulate: --seed: 1e3 is not a seed: use 0 to 4294967295'],
  [
    'simulate --build-date 2026-02-30',
    'timeball simulate: --build-date: 2026-02-30 is not a date: use YYYY-MM-DD',
  ],
  [
    'simulate --http :80',
    'timeball simulate: --http: ":80" is not an address: use 0.0.0.0 or [::] for all interfaces',
  ],
  [
    'simulate --ntp 127.0.0.1 --ntp ::1:x',
    'timeball simulate: --ntp: "::1:x" is not an address: use HOST, HOST:PORT or [IPv6]:PORT',
  ],
  [
    'simulate --ntp localhost:123',
    'timeball simulate: --ntp: "localhost:123" is not an address: use 127.0.0.1 or [::1], names are not looked up',
  ],
  [
    'simulate --ntp 127.0.0.1 --ntp 0.0.0.0',
    "timeball simulate: --ntp: 0.0.0.0:11123 can't be bound beside 127.0.0.1:11123: 0.0.0.0:11123 takes every address and interface already: delete one, or give one another port",
  ],
  [
    'simulate --ntp ::1 --ntp [::1]:11123',
    'timeball simulate: --ntp: [::1]:11123 is listed twice: delete one',
  ],
  [
    'simulate x',
    'timeball simulate: unexpected argument x: it takes options only, see timeball simulate --help',
  ],
  ['replay', 'timeball replay: FILE is missing: name the receiver log (NMEA 0183) to replay'],
  [
    'replay a b',
    'timeball replay: unexpected argument b: it takes one FILE only, see timeball replay --help',
  ],
  ['replay a --rebase then', 'timeball replay: --rebase: then is not possible: use --rebase now'],
  ['simulate\n', 'timeball: unknown command simulate : did you mean simulate?'],
])('timeball %j is refused', (line, message) => {
  const error = errorOf(line === '' ? [] : line.split(' '));
  expect(error.message).toBe(message);
  expect(error.exitCode).toBe(EX_USAGE);
});

function errorOf(argv: string[]): CliError {
  try {
    parseTimeball(argv);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test('top-level help names every command, and the version has its flag', () => {
  const result = parseTimeball(['--help']);
  if (result.kind !== 'help') throw new Error(result.kind);
  for (const [name, { summary }] of Object.entries(COMMANDS))
    expect(result.text).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  expect(parseTimeball(['--version'])).toEqual({ kind: 'version' });
});

test('help of a command wins over what else is wrong or missing', () => {
  expect(parseTimeball(['replay', '--help'])).toEqual({
    kind: 'help',
    text: `Usage: timeball replay FILE [OPTION...]
Decode a receiver log and show what it would make of the time.

Arguments:
  FILE  the receiver log (NMEA 0183) to replay

Options:
  --rebase now       move the times of the log to now
  --json             write one JSON object instead of text
  --build-date DATE  take DATE (YYYY-MM-DD) for the day of this build: no true time is before it
  --help             show this help
`,
  });
  expect(parseTimeball(['simulate', '--seed', 'x', '-h'])).toMatchObject({ kind: 'help' });
});

test('the types of the values come from the table', () => {
  const result = parseTimeball(['simulate']);
  if (result.kind !== 'command' || result.command !== 'simulate') throw new Error(result.kind);
  expectTypeOf(result.options.headless).toEqualTypeOf<boolean>();
  expectTypeOf(result.options.seed).toEqualTypeOf<number | undefined>();
  expectTypeOf(result.options.config).toEqualTypeOf<string | undefined>();
  expect(result.options.seed).toBeUndefined();
});
