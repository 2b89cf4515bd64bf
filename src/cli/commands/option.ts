/** What options are made of, and those that several commands have. */
import { type Listen, type ListenAddress, parseListen } from '../../config/listen-address.ts';
import { parseUtc, type UtcReading } from '../../time/utc.ts';
import type { Option, OptionValue } from '../args.ts';

/** Given or not; it takes no value. */
export function flag(description: string): Option<boolean> {
  return {
    placeholder: undefined,
    repeatable: false,
    description,
    parse: (texts) => ({ value: texts.length > 0 }),
  };
}

/** Given once at the most; `parse` reads its value, `fallback` stands for none. */
export function single<T, D>(
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

/** A value that is taken as it is. */
export const text = (value: string): OptionValue<string> => ({ value });

/** Port 0 is allowed on the command line: the system then chooses one, which helps tests. */
export function listen<T extends Listen>(
  given: string,
  defaultPort: number,
  parse: (text: string, defaultPort: number, lowestPort: number) => T | { readonly error: string },
): OptionValue<T> {
  const parsed = parse(given, defaultPort, 0);
  return 'error' in parsed ? { refused: parsed.error } : { value: parsed };
}

/** Where a simulation serves the page, and where an appliance is asked. */
export const HTTP: ListenAddress = { host: '127.0.0.1', port: 8080 };

/** Which appliance a command asks. */
export const ask = {
  http: single(
    'HOST:PORT',
    'ask the appliance there (default: that of this machine, else 127.0.0.1:8080)',
    undefined,
    (given) => listen(given, HTTP.port, parseListen),
  ),
  socket: single('PATH', 'ask the appliance through its local socket', undefined, text),
};

export const json = flag('write one JSON object instead of text');

/** What `--config` says; the default of most commands is `CONFIG_FILE`. */
export const configFile = 'read the configuration from FILE';
export const CONFIG_FILE = '/etc/timeball.yaml';

function date(given: string): OptionValue<UtcReading> {
  const value = parseUtc(given);
  return value ? { value } : { refused: `${given} is not a date: use YYYY-MM-DD` };
}

export const buildDate = single(
  'DATE',
  'take DATE (YYYY-MM-DD) for the day of this build: no true time is before it',
  undefined,
  date,
);

function pageSize(given: string): OptionValue<number> {
  const value = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return value >= 1 && value <= 1000 ? { value } : { refused: `${given} is not possible: use 1 to 1000` };
}

/** Lines of a list. */
export const limit = single('N', 'so many at the most, 1 to 1000 (default 100)', 100, pageSize);

/** One of a few words; `what` names it, after "is not". */
export function word<T extends string>(what: string, known: readonly T[]) {
  return (given: string): OptionValue<T> => {
    const found = known.find((one) => one === given);
    return found === undefined
      ? { refused: `${given} is not ${what}: use one of ${known.join(', ')}` }
      : { value: found };
  };
}
