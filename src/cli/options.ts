/** The commands, their options and their help. */

import { ROLES, type Role } from '../auth/role.ts';
import type { Syntax } from '../config/import/import-config.ts';
import { type ListenAddress, parseListen, parseNtpAddress } from '../config/listen-address.ts';
import { ntpClashes } from '../config/listen-clashes.ts';
import { SEVERITIES, type Severity } from '../events/event-types.ts';
import { LOG_LEVELS, type LogLevel } from '../events/log-ring.ts';
import { CLIENT_COLUMNS } from '../status/clients.ts';
import { HELPER_SOCKET } from '../system/socket-helper.ts';
import { parseUtc, type UtcReading } from '../time/utc.ts';
import { type Invocation, type Option, type OptionValue, parseCommandLine } from './args.ts';
import { CONTROL_SOCKET } from './ask-appliance.ts';
import { CONFIG_COMMAND } from './config-command.ts';
import { KEYS_COMMAND, RULES_COMMAND, SERVERS_COMMAND } from './config-items-command.ts';

function flag(description: string): Option<boolean> {
  return {
    placeholder: undefined,
    repeatable: false,
    description,
    parse: (texts) => ({ value: texts.length > 0 }),
  };
}

function single<T, D>(
  placeholder: string,
  description: string,
  fallback: D,
  parse: (text: string) => OptionValue<T>,
): Option<T | D> {
  const read = (texts: readonly string[]): OptionValue<T | D> => {
    const text = texts[0];
    return text === undefined ? { value: fallback } : parse(text);
  };
  return { placeholder, repeatable: false, description, parse: read };
}

/** Port 0 is allowed on the command line: the system then chooses one, which helps tests. */
function listen(
  text: string,
  defaultPort: number,
  parse: typeof parseListen = parseListen,
): OptionValue<ListenAddress> {
  const parsed = parse(text, defaultPort, 0);
  return 'error' in parsed ? { refused: parsed.error } : { value: parsed };
}

const NTP_PORT = 11123;
const SIMULATED_NTP: readonly ListenAddress[] = [
  { host: '127.0.0.1', port: NTP_PORT },
  { host: '::1', port: NTP_PORT },
];

const ntp: Option<readonly ListenAddress[]> = {
  placeholder: 'HOST:PORT',
  repeatable: true,
  description: `serve NTP there (default 127.0.0.1:${NTP_PORT} and [::1]:${NTP_PORT})`,
  parse: (texts) => {
    const value: ListenAddress[] = [];
    for (const text of texts) {
      const parsed = listen(text, NTP_PORT, parseNtpAddress);
      if ('refused' in parsed) return parsed;
      value.push(parsed.value);
    }
    const [clash] = ntpClashes(value);
    if (clash) return { refused: clash.message };
    return { value: value.length > 0 ? value : SIMULATED_NTP };
  },
};

const HTTP: ListenAddress = { host: '127.0.0.1', port: 8080 };

function http(what: string): Option<ListenAddress> {
  const description = `${what} (default 127.0.0.1:8080)`;
  return single('HOST:PORT', description, HTTP, (text) => listen(text, HTTP.port));
}

const text = (value: string): OptionValue<string> => ({ value });

/** Which appliance a command asks. */
const ask = {
  http: single(
    'HOST:PORT',
    'ask the appliance there (default: that of this machine, else 127.0.0.1:8080)',
    undefined,
    (given) => listen(given, HTTP.port),
  ),
  socket: single('PATH', 'ask the appliance through its local socket', undefined, text),
};

function seed(given: string): OptionValue<number> {
  const value = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
  return value <= 0xffff_ffff ? { value } : { refused: `${given} is not a seed: use 0 to 4294967295` };
}

function date(given: string): OptionValue<UtcReading> {
  const value = parseUtc(given);
  return value ? { value } : { refused: `${given} is not a date: use YYYY-MM-DD` };
}

function onlyNow(given: string): OptionValue<'now'> {
  return given === 'now' ? { value: 'now' } : { refused: `${given} is not possible: use --rebase now` };
}

const buildDate = single(
  'DATE',
  'take DATE (YYYY-MM-DD) for the day of this build: no true time is before it',
  undefined,
  date,
);
const json = flag('write one JSON object instead of text');
const configFile = 'read the configuration from FILE';

function syntax(given: string): OptionValue<Syntax> {
  if (given === 'ntp' || given === 'chrony') return { value: given };
  return { refused: `${given} is not a format: use ntp or chrony` };
}

function sortColumn(given: string): OptionValue<string> {
  const columns: readonly string[] = CLIENT_COLUMNS;
  if (columns.includes(given.replace(/^-/, ''))) return { value: given };
  return { refused: `${given} is not a column: use one of ${columns.join(', ')}` };
}

function pageSize(given: string): OptionValue<number> {
  const value = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return value >= 1 && value <= 1000 ? { value } : { refused: `${given} is not possible: use 1 to 1000` };
}

function role(given: string): OptionValue<Role> {
  const found = ROLES.find((known) => known === given);
  return found ? { value: found } : { refused: `${given} is not a role: use one of ${ROLES.join(', ')}` };
}

function severity(given: string): OptionValue<Severity> {
  const found = SEVERITIES.find((known) => known === given);
  return found
    ? { value: found }
    : { refused: `${given} is not a severity: use one of ${SEVERITIES.join(', ')}` };
}

function logLevel(given: string): OptionValue<LogLevel> {
  const found = LOG_LEVELS.find((known) => known === given);
  return found
    ? { value: found }
    : { refused: `${given} is not a level: use one of ${LOG_LEVELS.join(', ')}` };
}

function days(given: string): OptionValue<number> {
  const value = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return value >= 1 && value <= 3650 ? { value } : { refused: `${given} is not possible: use 1 to 3650` };
}

/** Where the state of the appliance is, for commands that work on it directly. */
const onState = {
  state: single('DIR', 'the state folder (default: that of the configuration)', undefined, text),
  config: single('FILE', `${configFile} (default /etc/timeball.yaml)`, '/etc/timeball.yaml', text),
};

const name = (what: string, required: boolean) => ({ name: 'NAME', required, description: what });
const action = (what: string) => ({ name: 'ACTION', required: false, description: what });

/** Every command of `timeball`. */
export const COMMANDS = {
  run: {
    summary: 'Run the appliance on this machine: receiver, PPS, NTP server and admin page.',
    positionals: [],
    options: {
      config: single('FILE', `${configFile} (default /etc/timeball.yaml)`, '/etc/timeball.yaml', text),
      socket: single(
        'PATH',
        `let administrators of this machine in there (default ${CONTROL_SOCKET})`,
        CONTROL_SOCKET,
        text,
      ),
    },
  },
  simulate: {
    summary: 'Run the whole appliance on simulated hardware, on loopback; the clock is left alone.',
    positionals: [],
    options: {
      ntp,
      http: http('serve the admin page and the API there'),
      nmea: single('FILE', 'replay a receiver log, its times rebased to now', undefined, text),
      seed: single(
        'N',
        'seed of all random numbers (default: the one in the configuration)',
        undefined,
        seed,
      ),
      config: single('FILE', `${configFile} (default: none, all defaults)`, undefined, text),
      login: flag('ask for a login as the appliance does; else whoever comes is an administrator'),
      socket: single('PATH', 'let administrators of this machine in there', undefined, text),
      headless: flag('write logs only, for scripts; the page and the API are still served'),
      buildDate,
    },
  },
  status: {
    summary: 'Show the state of a running appliance.',
    positionals: [],
    options: { json, ...ask },
  },
  clients: {
    summary: 'Show the clients of a running appliance.',
    positionals: [],
    options: {
      filter: single('TEXT', 'only addresses that begin so, or that lie in this prefix', undefined, text),
      sort: single(
        'COLUMN',
        `by this column, descending with a minus (default -lastSeen)`,
        '-lastSeen',
        sortColumn,
      ),
      limit: single('N', 'so many at the most, 1 to 1000 (default 100)', 100, pageSize),
      json,
      ...ask,
    },
  },
  why: {
    summary: 'Say which access rule holds for an address, and why its packets were dropped.',
    positionals: [{ name: 'ADDRESS', required: true, description: 'the IP address of a client' }],
    options: { json, ...ask },
  },
  'dry-run': {
    summary: 'Say which clients of the last 24 hours would gain or lose service by the rules of a file.',
    positionals: [
      { name: 'FILE', required: true, description: 'the configuration whose access rules to try' },
    ],
    options: { json, ...ask },
  },
  config: { ...CONFIG_COMMAND, options: { json, ...ask } },
  rules: { ...RULES_COMMAND, options: { json, ...ask } },
  servers: { ...SERVERS_COMMAND, options: { json, ...ask } },
  keys: { ...KEYS_COMMAND, options: { json, ...ask } },
  backup: {
    summary: 'Put all settings of a running appliance, keys and users too, into a file under a passphrase.',
    positionals: [{ name: 'FILE', required: true, description: 'the file to make' }],
    options: ask,
  },
  restore: {
    summary: 'Make all settings of a running appliance what they were in a backup.',
    positionals: [{ name: 'FILE', required: true, description: 'the backup' }],
    options: { dryRun: flag('only say what would change'), json, ...ask },
  },
  events: {
    summary: 'Show what has happened, and what is wrong now.',
    positionals: [],
    options: {
      severity: single('LEVEL', 'this and worse: info, warning, error or critical', undefined, severity),
      active: flag('only what is wrong now'),
      acknowledge: flag('say that all of them were seen, and show nothing'),
      limit: single('N', 'so many at the most, 1 to 1000 (default 100)', 100, pageSize),
      json,
      ...ask,
    },
  },
  logs: {
    summary: 'Show the last lines of the log.',
    positionals: [],
    options: {
      level: single('LEVEL', 'this and worse: trace, debug, info, warn, error or fatal', undefined, logLevel),
      limit: single('N', 'so many at the most, 1 to 1000 (default 100)', 100, pageSize),
      json,
      ...ask,
    },
  },
  audit: {
    summary: 'Show who did what, and check that nobody has changed the record of it.',
    positionals: [
      { name: 'ACTION', required: false, description: 'list (default), verify or export' },
      {
        name: 'FILE',
        required: false,
        description: 'for verify: an export, a file of the record or its folder',
      },
    ],
    options: {
      limit: single('N', 'so many at the most, 1 to 1000 (default 100)', 100, pageSize),
      json,
      ...ask,
    },
  },
  users: {
    summary: 'List, make and change the users of the admin page, on the machine itself.',
    positionals: [
      action('list (default), add, role, disable, enable or delete'),
      name('the user to do it to', false),
    ],
    options: {
      role: single('ROLE', 'for add and role: viewer, operator or admin', undefined, role),
      json,
      ...onState,
    },
  },
  tokens: {
    summary: 'List, make and delete the tokens that scripts use the API with, on the machine itself.',
    positionals: [action('list (default), add or delete'), name('the token to do it to', false)],
    options: {
      role: single('ROLE', 'for add: viewer, operator or admin', undefined, role),
      days: single('N', 'for add: it ends after so many days', undefined, days),
      json,
      ...onState,
    },
  },
  'reset-password': {
    summary: 'Give a user another password, on the machine itself.',
    positionals: [name('the user', true)],
    options: onState,
  },
  'claim-code': {
    summary: 'Say whether the appliance is claimed, or make another code to claim it with.',
    positionals: [],
    options: { new: flag('make another code; the one before is void'), ...onState },
  },
  helper: {
    summary: 'Run the helper, which does as root, by fixed verbs, what the service may not.',
    positionals: [],
    options: {
      socket: single('PATH', `wait there (default ${HELPER_SOCKET})`, HELPER_SOCKET, text),
      group: single('NAME', 'let this group ask (default: root alone)', undefined, text),
    },
  },
  api: {
    summary: 'Send one request to the API of a running appliance, and write what it answers.',
    positionals: [
      { name: 'METHOD', required: true, description: 'GET, POST, PUT, PATCH or DELETE' },
      { name: 'PATH', required: true, description: 'such as /api/v1/access/rules' },
      { name: 'BODY', required: false, description: 'JSON, or - to read it from standard input' },
    ],
    options: {
      ifMatch: single('ETAG', 'refuse where the resource has another ETag by now', undefined, text),
      ...ask,
    },
  },
  replay: {
    summary: 'Decode a receiver log and show what it would make of the time.',
    positionals: [{ name: 'FILE', required: true, description: 'the receiver log (NMEA 0183) to replay' }],
    options: {
      rebase: single('now', 'move the times of the log to now', undefined, onlyNow),
      json,
      buildDate,
    },
  },
  check: {
    summary: 'Check a configuration file and name every problem in it.',
    positionals: [
      {
        name: 'FILE',
        required: false,
        description: 'the configuration to check (default: that of --config)',
      },
    ],
    options: {
      config: single('FILE', 'check FILE (default /etc/timeball.yaml)', '/etc/timeball.yaml', text),
      printDefault: flag('write a configuration with every key, its meaning and its default, and stop'),
    },
  },
  import: {
    summary: 'Take over an ntp.conf or chrony.conf, and say what becomes of each line.',
    positionals: [{ name: 'FILE', required: true, description: 'the ntp.conf or chrony.conf to import' }],
    options: {
      write: flag('change the configuration; without it nothing is written'),
      config: single('FILE', 'change FILE (default /etc/timeball.yaml)', '/etc/timeball.yaml', text),
      format: single('ntp|chrony', 'what FILE is (default: told by its content)', undefined, syntax),
    },
  },
} as const;

export type TimeballInvocation = Invocation<typeof COMMANDS>;

/** The arguments after `timeball`. Throws a `CliError` (EX_USAGE) with one line. */
export function parseTimeball(argv: readonly string[]): TimeballInvocation {
  const summary = 'A stratum-1 NTP server from GPS and PPS.';
  return parseCommandLine({ name: 'timeball', summary, commands: COMMANDS }, argv);
}
