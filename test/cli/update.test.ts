/** Updates from the console of an appliance that runs, through its local socket. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { EX_DATAERR, EX_NOINPUT, EX_USAGE } from '../../src/cli/exit-codes.ts';
import { updateCommand } from '../../src/cli/update-command.ts';
import { ApplianceProcess, timeball } from '../support/appliance.ts';
import { Installer } from '../support/installer.ts';
import { run } from '../support/program.ts';
import { Scratch } from '../support/scratch.ts';
import { updatable } from '../support/updatable.ts';
import { BundleMaker } from '../support/update-bundle.ts';

let scratch: Scratch;
let maker: BundleMaker;
let installer: Installer;
let appliance: ApplianceProcess;
let target: { socket: string };
beforeAll(async () => {
  scratch = new Scratch();
  maker = new BundleMaker(scratch, 'state/update/keys');
  installer = new Installer(scratch.path);
  const helper = join(scratch.path, 'helper');
  await installer.listen(helper);
  const config = scratch.write('timeball.yaml', `state:\n  directory: ${scratch.path}/state\n`);
  target = { socket: join(scratch.path, 'socket') };
  const where = ['--ntp', '127.0.0.1:0', '--http', '127.0.0.1:0', '--socket', target.socket];
  const options = ['--login', '--headless', '--config', config];
  appliance = await ApplianceProcess.start([...updatable(helper), ...options, ...where]);
});
afterAll(async () => {
  await appliance?.dispose();
  await installer?.close();
  scratch.dispose();
});

const PLAIN = { yes: false, downgrade: false, discard: false, json: false };
const yes = async () => true;
const no = async () => false;

/** Told what is written to standard error. */
let onNews = (_text: string) => {};

/** What is written to standard output meanwhile. */
async function update(file?: string, options = {}, agrees = yes): Promise<string> {
  let text = '';
  const take = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(take),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      onNews(String(chunk));
      return true;
    }),
  ];
  try {
    await updateCommand(target, file, { ...PLAIN, ...options }, agrees);
    return text;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

test('says what runs, and takes options that mean something only', async () => {
  expect(await update()).toMatch(
    /^running {6}0\.1\.0, built \S+\nlast update {2}none\nlies ready {3}nothing\n$/,
  );
  expect(JSON.parse(await update(undefined, { json: true }))).toMatchObject({ can: { install: true } });
  await expect(update(undefined, { yes: true })).rejects.toMatchObject({ exitCode: EX_USAGE });
  await expect(update('x', { discard: true })).rejects.toMatchObject({ exitCode: EX_USAGE });
  await expect(update(`${scratch.path}/no`)).rejects.toMatchObject({ exitCode: EX_NOINPUT });
  await expect(update(scratch.path)).rejects.toMatchObject({ exitCode: EX_NOINPUT });
});

test('installs nothing that is not agreed to, and removes what lies ready', async () => {
  const file = await maker.make('0.2.0');
  expect(await update(file, {}, no)).toMatch(
    new RegExp(`^version 0\\.2\\.0, built 2027-01-31, .* MB, signed by key ${maker.keyId}\n$`),
  );
  expect(installer.asked).toEqual([]);
  expect(await update()).toMatch(/lies ready {3}version 0\.2\.0/);
  expect(await update(undefined, { discard: true })).toBe('the bundle is removed\n');
  expect(existsSync(join(scratch.path, 'state/update/bundle'))).toBe(false);
  await expect(update(undefined, { discard: true })).rejects.toMatchObject({ exitCode: EX_DATAERR });
});

test('as a command, it asks nobody who is not there, and names what is wrong with a file', async () => {
  const file = await maker.forge('0.2.0');
  const command = timeball('update', file, '--socket', target.socket);
  expect(await run(command)).toMatchObject({ code: EX_USAGE, err: expect.stringContaining('say --yes') });
  const { code, err } = await run([...command, '--yes']);
  expect(code).toBe(EX_DATAERR);
  expect(err).toMatch(/^timeball update: its signature by key \S+ is wrong: it was changed\n$/);
  const large = join(scratch.path, 'large');
  writeFileSync(large, Buffer.alloc(20_000_000));
  await expect(update(large)).rejects.toMatchObject({ exitCode: EX_DATAERR });
});

test('installs, older ones only when told to, and shows what became of it', async () => {
  const older = await maker.make('0.0.9');
  await expect(update(older)).rejects.toMatchObject({
    message: expect.stringContaining('say downgrade'),
    exitCode: EX_DATAERR,
  });
  await update(older, { downgrade: true });
  expect(installer.asked).toEqual([{ verb: 'update', downgrade: true }]);
  installer.tell({ state: 'rolled-back', version: '0.0.9', reason: 'its clock did not lock' });
  expect(await update()).toMatch(
    /last update {2}0\.0\.9 over 0\.1\.0, slot b: was taken back \(.*\): its clock/,
  );

  const said = await update(await maker.make('0.2.0'), { yes: true });
  expect(said).toMatch(/\ninstalled; it restarts on trial: see timeball update in some minutes\n$/);
  expect(await update()).toMatch(/: on trial \(/);
  installer.tell({ state: 'kept' });
  expect(await update()).toMatch(/: was well and is kept \(/);
});

test('a refusal of the installer is told, however late it comes', async () => {
  const file = await maker.make('0.3.0');
  installer.result = () =>
    new Promise((resolve) => {
      onNews = (text) => {
        if (text.includes('is being installed'))
          resolve({ done: false, reason: 'the hash of root.squashfs is wrong' });
      };
    });
  await expect(update(file)).rejects.toMatchObject({
    message: 'timeball update: the hash of root.squashfs is wrong',
    exitCode: EX_DATAERR,
  });
});
