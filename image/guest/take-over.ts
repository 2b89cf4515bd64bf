/** Takes the setup file over: all of it, or nothing with the reasons beside it on the card. */
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { readText } from '../../src/config/read-text.ts';
import { editConfig, updateConfig, writeFileAtomic } from '../../src/config/store.ts';
import { MAX_SETUP, readSetup, type Setup, withoutSecrets } from './setup-file.ts';

export interface TakeOverParts {
  /** The FAT partition's folder. */
  readonly folder: string;
  /** The configuration file. */
  readonly config: string;
  /** Runs the task while the partition can be written to, and no longer. */
  readonly writable: (task: () => Promise<void>) => Promise<void>;
  /** Takes what the file gives beyond the configuration, before it goes from the card. May be repeated after a power cut. */
  readonly accept: (given: Given) => Promise<void>;
  readonly say: (text: string) => void;
}

export type Given = Pick<Setup, 'claimCode' | 'adminPasswordHash'>;

const DONE = 'timeball-setup.done.yaml';
const WRONG = 'timeball-setup.error.txt';
/** Windows hides the end of a name, and adds one. */
const NAME = /^timeball-setup\.ya?ml(\.txt)?$/i;

export async function takeOverSetup(parts: TakeOverParts): Promise<void> {
  const { folder, say } = parts;
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  const [name] = names;
  if (name === undefined) return;
  const read =
    names.length > 1
      ? { error: `there is more than one: keep one of ${names.sort().join(', ')}` }
      : await understand(join(folder, name), parts);
  if ('error' in read) {
    say(`${name} is not taken over: ${read.error.replaceAll('\n', '; ')}`);
    await tellWrong(parts, `${name} is not taken over:\n${read.error}\n`.replaceAll('\n', '\r\n'));
    return;
  }
  const done = withoutSecrets(read.text);
  await parts.writable(async () => {
    // The secrets go first: a power cut between the two has the file taken over once more, without them.
    if (done !== read.text) await write(join(folder, name), done);
    renameSync(join(folder, name), join(folder, DONE));
    rmSync(join(folder, WRONG), { force: true });
  });
  say(`${name} is taken over`);
}

/** All of it holds then, or nothing does. */
async function understand(
  path: string,
  { config, accept }: TakeOverParts,
): Promise<{ readonly text: string } | { readonly error: string }> {
  const read = readText(path, MAX_SETUP);
  if (!('text' in read)) return { error: `it ${read.reason}` };
  const setup = readSetup(read.text);
  if ('error' in setup) return setup;
  const now = loadConfig(config);
  const result = 'errors' in now ? now : editConfig(now, setup.changes, config);
  if ('errors' in result) return { error: result.errors.map(setup.explain).join('\n') };
  try {
    await accept(setup);
  } catch (error) {
    return { error: (error as Error).message };
  }
  const written = await updateConfig(config, setup.changes);
  return 'errors' in written ? { error: written.errors.map(formatProblem).join('\n') } : { text: read.text };
}

/** Not again at every start: a card wears. */
async function tellWrong({ folder, writable }: TakeOverParts, text: string): Promise<void> {
  const path = join(folder, WRONG);
  const before = readText(path, 2 * MAX_SETUP);
  if ('text' in before && before.text === text) return;
  await writable(() => write(path, text));
}

async function write(path: string, text: string): Promise<void> {
  const written = await writeFileAtomic(path, text);
  if (!written.written) throw new Error(`${path}: ${written.reason}`);
}
