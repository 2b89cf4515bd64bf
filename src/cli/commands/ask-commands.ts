/** The words of the commands that ask a running appliance: `status`, `clients`, `why`, `dry-run`, `api`. */
import { CLIENT_COLUMNS } from '../../status/clients.ts';
import type { OptionValue } from '../args.ts';
import { ask, json, limit, single, text } from './option.ts';

function sortColumn(given: string): OptionValue<string> {
  const columns: readonly string[] = CLIENT_COLUMNS;
  if (columns.includes(given.replace(/^-/, ''))) return { value: given };
  return { refused: `${given} is not a column: use one of ${columns.join(', ')}` };
}

/** Options and help of each. */
export const ASK_COMMANDS = {
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
      limit,
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
} as const;
