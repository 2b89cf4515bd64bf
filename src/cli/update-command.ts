/** `timeball update`: shows what runs and what became of the last update; with a file, installs it. */
import { createReadStream, type Stats, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { UpdateView, UploadedBundle } from '../api/update-controls.ts';
import { askAppliance, type Target } from './ask-appliance.ts';
import { CliError, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_USAGE } from './exit-codes.ts';
import { bundleText, megabytes, updateText } from './update-text.ts';

export interface UpdateCommandOptions {
  readonly yes: boolean;
  readonly downgrade: boolean;
  readonly discard: boolean;
  readonly json: boolean;
}

const NAME = 'timeball update';
const PATH = '/api/v1/system/update';
/** How often the installation is looked at, ms. */
const LOOK_MS = 1000;

/** @throws CliError where the appliance refuses, or the file can't be read. */
export async function updateCommand(
  target: Target,
  file: string | undefined,
  options: UpdateCommandOptions,
  agrees: (question: string) => Promise<boolean> = askYes,
): Promise<void> {
  if (options.discard) return discard(target, file);
  if (file !== undefined) return install(target, file, options, agrees);
  if (options.yes || options.downgrade) throw new CliError(`${NAME}: name the file to install`, EX_USAGE);
  const view = await askAppliance<UpdateView>(NAME, target, PATH);
  process.stdout.write(options.json ? `${JSON.stringify(view)}\n` : updateText(view));
}

async function discard(target: Target, file: string | undefined): Promise<void> {
  if (file !== undefined) throw new CliError(`${NAME}: --discard takes no file`, EX_USAGE);
  await askAppliance(NAME, target, `${PATH}/bundle`, { method: 'DELETE' });
  process.stdout.write('the bundle is removed\n');
}

async function install(
  target: Target,
  file: string,
  { yes, downgrade, json }: UpdateCommandOptions,
  agrees: (question: string) => Promise<boolean>,
): Promise<void> {
  if (!yes && agrees === askYes && !process.stdin.isTTY)
    throw new CliError(`${NAME}: nobody is there to be asked: say --yes`, EX_USAGE);
  const bundle = await upload(target, file);
  if (!json) process.stdout.write(bundleText(bundle));
  if (!yes && !(await agrees('Install it? The appliance restarts, and serves no time for some minutes.'))) {
    process.stderr.write('not installed; it lies ready on the page, timeball update --discard removes it\n');
    return;
  }
  const body = { downgrade };
  const { text } = await askAppliance<{ text: string }>(NAME, target, `${PATH}/install`, { body });
  process.stderr.write(`${text}\n`);
  await follow(target);
  const said = { installed: bundle, next: 'it restarts on trial: see timeball update in some minutes' };
  process.stdout.write(json ? `${JSON.stringify(said)}\n` : `installed; ${said.next}\n`);
}

async function upload(target: Target, file: string): Promise<UploadedBundle> {
  const { size } = statOf(file);
  const stream = createReadStream(file);
  if (process.stderr.isTTY) {
    let sent = 0;
    let shown = -1;
    stream.on('data', (chunk) => {
      sent += chunk.length;
      const percent = Math.floor((100 * sent) / size);
      if (percent !== shown) process.stderr.write(`\rsending ${megabytes(size)}: ${percent} %`);
      shown = percent;
    });
    stream.on('close', () => process.stderr.write('\n'));
  }
  return askAppliance<UploadedBundle>(NAME, target, `${PATH}/bundle`, {
    method: 'PUT',
    file: { stream, size },
  });
}

function statOf(file: string): Stats {
  try {
    const stat = statSync(file);
    if (stat.isFile()) return stat;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `can not be read (${code})`;
    throw new CliError(`${NAME}: ${file} ${why}: name the bundle`, EX_NOINPUT);
  }
  throw new CliError(`${NAME}: ${file} is no file: name the bundle`, EX_NOINPUT);
}

/** Until it is installed, or the appliance has gone to restart. @throws CliError where it was refused after all. */
async function follow(target: Target): Promise<void> {
  for (;;) {
    try {
      const { installing, problem } = await askAppliance<UpdateView>(NAME, target, PATH);
      if (problem !== '') throw new CliError(`${NAME}: ${problem}`, EX_DATAERR);
      if (!installing) return;
    } catch (error) {
      if (error instanceof CliError && error.exitCode === EX_UNAVAILABLE) return;
      throw error;
    }
    await pause(LOOK_MS);
  }
}

async function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    lines.question(`${question} [y/N] `, resolve);
    lines.once('close', () => resolve(''));
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
