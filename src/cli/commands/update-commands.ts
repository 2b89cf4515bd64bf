/** The words of `update`. */
import { ask, flag, json } from './option.ts';

/** Options and help of it. */
export const UPDATE_COMMANDS = {
  update: {
    summary: 'Install an update of the software, or say what became of the last one.',
    positionals: [
      {
        name: 'FILE',
        required: false,
        description: 'the bundle (timeball-VERSION-arm64.update); without it nothing is changed',
      },
    ],
    options: {
      yes: flag('install it without being asked'),
      downgrade: flag('install it though it is older than what runs'),
      discard: flag('remove the bundle that lies ready'),
      json,
      ...ask,
    },
  },
} as const;
