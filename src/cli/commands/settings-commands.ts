/** The words of the commands that change a running appliance: its settings whole, item by item, and as a backup. */
import { ITEM_KINDS } from '../item-kinds.ts';
import { ask, flag, json } from './option.ts';

function itemPositionals(example: string) {
  return [
    { name: 'ACTION', required: true, description: 'list, show, add, change or delete' },
    { name: 'WHICH', required: false, description: `the number of an item; for add, its fields: ${example}` },
    {
      name: 'FIELDS',
      required: false,
      description: 'for change, the fields that change (YAML); null: default',
    },
  ] as const;
}

/** Options and help of each. */
export const SETTINGS_COMMANDS = {
  config: {
    summary: 'Show and change the settings of a running appliance; every change is kept and can be undone.',
    positionals: [
      {
        name: 'ACTION',
        required: true,
        description: 'get, set, reset, history, diff, restore, pending, confirm or undo',
      },
      {
        name: 'KEY',
        required: false,
        description: 'a key such as ntp.port; for diff and restore, a revision',
      },
      { name: 'VALUE', required: false, description: 'the value to set, as in the file (YAML)' },
    ],
    options: { json, ...ask },
  },
  rules: {
    summary: 'Show and change the access rules of a running appliance, one by one.',
    positionals: itemPositionals(ITEM_KINDS.rules.example),
    options: { json, ...ask },
  },
  servers: {
    summary: 'Show and change the list of other NTP servers, one by one.',
    positionals: itemPositionals(ITEM_KINDS.servers.example),
    options: { json, ...ask },
  },
  keys: {
    summary: 'Show and change the symmetric keys, one by one; a secret is shown once, where it is made.',
    positionals: itemPositionals(ITEM_KINDS.keys.example),
    options: { json, ...ask },
  },
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
} as const;
