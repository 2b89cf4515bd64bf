/** The words of the commands that run for long: `run`, `simulate`, `helper`. */
import {
  type Listen,
  type ListenAddress,
  parseHttpListen,
  parseNtpAddress,
} from '../../config/listen-address.ts';
import { ntpClashes } from '../../config/listen-clashes.ts';
import { HELPER_SOCKET } from '../../system/socket-helper.ts';
import type { Option, OptionValue } from '../args.ts';
import { CONTROL_SOCKET } from '../ask-appliance.ts';
import { buildDate, CONFIG_FILE, configFile, flag, HTTP, listen, single, text } from './option.ts';

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

const http = single<Listen, Listen>(
  'HOST:PORT',
  'serve the admin page and the API there; HOST may be an interface (default 127.0.0.1:8080)',
  HTTP,
  (given) => listen(given, HTTP.port, parseHttpListen),
);

function seed(given: string): OptionValue<number> {
  const value = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
  return value <= 0xffff_ffff ? { value } : { refused: `${given} is not a seed: use 0 to 4294967295` };
}

/** Options and help of each. */
export const SERVE_COMMANDS = {
  run: {
    summary: 'Run the appliance on this machine: receiver, PPS, NTP server and admin page.',
    positionals: [],
    options: {
      config: single('FILE', `${configFile} (default /etc/timeball.yaml)`, CONFIG_FILE, text),
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
      http,
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
  helper: {
    summary: 'Run the helper, which does as root, by fixed verbs, what the service may not.',
    positionals: [],
    options: {
      socket: single('PATH', `wait there (default ${HELPER_SOCKET})`, HELPER_SOCKET, text),
      group: single('NAME', 'let this group ask (default: root alone)', undefined, text),
    },
  },
} as const;
