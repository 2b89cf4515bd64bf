/** The words of the commands for accounts, on the machine itself. */
import { ROLES } from '../../auth/role.ts';
import type { OptionValue } from '../args.ts';
import { CONFIG_FILE, configFile, flag, json, single, text, word } from './option.ts';

function days(given: string): OptionValue<number> {
  const value = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return value >= 1 && value <= 3650 ? { value } : { refused: `${given} is not possible: use 1 to 3650` };
}

/** Where the state of the appliance is, for commands that work on it directly. */
const onState = {
  state: single('DIR', 'the state folder (default: that of the configuration)', undefined, text),
  config: single('FILE', `${configFile} (default /etc/timeball.yaml)`, CONFIG_FILE, text),
};

const name = (what: string, required: boolean) => ({ name: 'NAME', required, description: what });
const action = (what: string) => ({ name: 'ACTION', required: false, description: what });

/** Options and help of each. */
export const ACCOUNT_COMMANDS = {
  users: {
    summary: 'List, make and change the users of the admin page, on the machine itself.',
    positionals: [
      action('list (default), add, role, disable, enable or delete'),
      name('the user to do it to', false),
    ],
    options: {
      role: single('ROLE', 'for add and role: viewer, operator or admin', undefined, word('a role', ROLES)),
      json,
      ...onState,
    },
  },
  tokens: {
    summary: 'List, make and delete the tokens that scripts use the API with, on the machine itself.',
    positionals: [action('list (default), add or delete'), name('the token to do it to', false)],
    options: {
      role: single('ROLE', 'for add: viewer, operator or admin', undefined, word('a role', ROLES)),
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
} as const;
