/** The words of the commands that work on files: `replay`, `check`, `import`. */
import type { Syntax } from '../../config/import/import-config.ts';
import type { OptionValue } from '../args.ts';
import { buildDate, CONFIG_FILE, flag, json, single, text } from './option.ts';

function onlyNow(given: string): OptionValue<'now'> {
  return given === 'now' ? { value: 'now' } : { refused: `${given} is not possible: use --rebase now` };
}

function syntax(given: string): OptionValue<Syntax> {
  if (given === 'ntp' || given === 'chrony') return { value: given };
  return { refused: `${given} is not a format: use ntp or chrony` };
}

/** Options and help of each. */
export const FILE_COMMANDS = {
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
      config: single('FILE', 'check FILE (default /etc/timeball.yaml)', CONFIG_FILE, text),
      printDefault: flag('write a configuration with every key, its meaning and its default, and stop'),
    },
  },
  import: {
    summary: 'Take over an ntp.conf or chrony.conf, and say what becomes of each line.',
    positionals: [{ name: 'FILE', required: true, description: 'the ntp.conf or chrony.conf to import' }],
    options: {
      write: flag('change the configuration; without it nothing is written'),
      config: single('FILE', 'change FILE (default /etc/timeball.yaml)', CONFIG_FILE, text),
      format: single('ntp|chrony', 'what FILE is (default: told by its content)', undefined, syntax),
    },
  },
} as const;
