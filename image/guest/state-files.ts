/**
 * The configuration in the state folder, before the service runs. The folder is the service's own: whatever lies there
 * may have been put there by somebody who has got hold of it, to have root write elsewhere or not start the board at all.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../src/config/atomic-file.ts';
import { loadConfig, MAX_CONFIG_SIZE, parseConfig } from '../../src/config/load.ts';
import { MOST_REVISIONS, Revisions } from '../../src/settings/revisions.ts';
import { StateFolder } from '../../src/settings/state-folder.ts';
import { BUNDLE_NAME } from '../../src/update/update-status.ts';

export const CONFIG_NAME = 'timeball.yaml';
export const CODE_GIVEN_NAME = 'claim-code-given';
const BROKEN_NAME = `${CONFIG_NAME}.broken`;
/** What root reads or writes there. */
const PLAIN = new Set([CONFIG_NAME, BROKEN_NAME, CODE_GIVEN_NAME, 'users.json']);
const REVISION = /^config-revision-(\d{1,15})$/;
/** Bytes; a revision is compressed, and the accounts are few. */
const LARGEST = 2 * MAX_CONFIG_SIZE;
/** Of writers that are no more; a folder of such a name would stop the next one. */
const LEFT = /^\.(timeball\.yaml|users\.json)\..*\.tmp$/;

export interface ConfigFiles {
  /** The state folder. */
  readonly state: string;
  /** Path of the configuration that a new board has. */
  readonly defaults: string;
  readonly say: (text: string) => void;
}

/** Takes away what is no plain file where root expects one: links above all, which it would follow. */
export function clearTraps({ state, say }: Pick<ConfigFiles, 'state' | 'say'>): void {
  const names = readdirSync(state);
  const revisions = names.filter((name) => REVISION.test(name)).sort(newestFirst);
  const tooMany = revisions.slice(MOST_REVISIONS);
  for (const name of [...names.filter((one) => LEFT.test(one)), ...tooMany]) remove(join(state, name));
  const expected = [...names.filter((one) => PLAIN.has(one)), ...revisions.slice(0, MOST_REVISIONS)];
  for (const path of expected.map((name) => join(state, name))) {
    if (isPlain(path)) continue;
    say(`${path} is not what the appliance has put there: it is removed`);
    remove(path);
  }
}

/** After it, the configuration is sound: as it was, or as the newest revision has it that is, or the defaults. */
export async function ensureConfig(files: ConfigFiles): Promise<void> {
  const { state, defaults, say } = files;
  const path = join(state, CONFIG_NAME);
  if ('config' in loadConfig(path)) return;
  const damaged = existsSync(path);
  if (damaged) putAside(path, join(state, BROKEN_NAME));
  const revision = soundRevision(state);
  if (damaged || revision)
    say(
      `${path} is ${damaged ? `damaged and kept as ${BROKEN_NAME}` : 'gone'}: ` +
        (revision ? `revision ${revision.id} of ${revision.at} holds` : 'the defaults hold'),
    );
  await write(files, revision?.text ?? readFileSync(defaults, 'utf8'));
}

function isPlain(path: string): boolean {
  const stat = lstatSync(path);
  // A second name of a file elsewhere would have that one given to the service.
  return stat.isFile() && stat.nlink === 1 && stat.size <= LARGEST;
}

/** A link, not what it leads to. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

function newestFirst(one: string, other: string): number {
  return Number(REVISION.exec(other)?.[1]) - Number(REVISION.exec(one)?.[1]);
}

function putAside(path: string, broken: string): void {
  remove(broken);
  try {
    renameSync(path, broken);
  } catch {
    remove(path);
  }
}

/** The newest that this version understands: after a downgrade, that may be one of before the update. */
function soundRevision(state: string) {
  const revisions = new Revisions(new StateFolder(state));
  for (const { id, at } of revisions.list.toReversed()) {
    const text = revisions.text(id);
    if (text !== undefined && 'config' in parseConfig(text, CONFIG_NAME)) return { id, at, text };
  }
  return undefined;
}

/** @throws Error of a line where not even what can be spared makes room for it. */
async function write({ state, say }: ConfigFiles, text: string): Promise<void> {
  const path = join(state, CONFIG_NAME);
  if ((await writeFileAtomic(path, text, 0o640)).written) return;
  say(`${path} can't be written: what was put aside and the uploaded bundle are removed`);
  remove(join(state, BROKEN_NAME));
  remove(join(state, dirname(BUNDLE_NAME)));
  const again = await writeFileAtomic(path, text, 0o640);
  if (!again.written) throw new Error(`${path}: ${again.reason}`);
}
