/** The words of the commands that show what has happened: `events`, `logs`, `audit`. */
import { SEVERITIES } from '../../events/event-types.ts';
import { LOG_LEVELS } from '../../events/log-ring.ts';
import { ask, flag, json, limit, single, word } from './option.ts';

/** Options and help of each. */
export const RECORD_COMMANDS = {
  events: {
    summary: 'Show what has happened, and what is wrong now.',
    positionals: [],
    options: {
      severity: single(
        'LEVEL',
        'this and worse: info, warning, error or critical',
        undefined,
        word('a severity', SEVERITIES),
      ),
      active: flag('only what is wrong now'),
      acknowledge: flag('say that all of them were seen, and show nothing'),
      limit,
      json,
      ...ask,
    },
  },
  logs: {
    summary: 'Show the last lines of the log.',
    positionals: [],
    options: {
      level: single(
        'LEVEL',
        'this and worse: trace, debug, info, warn, error or fatal',
        undefined,
        word('a level', LOG_LEVELS),
      ),
      limit,
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
      limit,
      json,
      ...ask,
    },
  },
} as const;
