/** Backup and restore from the console of an appliance that runs, and requests whose answers are no text. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { apiCommand } from '../../src/cli/api-command.ts';
import { backupCommand, restoreCommand } from '../../src/cli/backup-command.ts';
import { EX_CANTCREAT, EX_DATAERR, EX_NOINPUT } from '../../src/cli/exit-codes.ts';
import { ApplianceProcess } from '../support/appliance.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let appliance: ApplianceProcess;
let target: { socket: string };
beforeAll(async () => {
  scratch = new Scratch();
  const config = scratch.write('timeball.yaml', `state:\n  directory: ${scratch.path}\n`);
  target = { socket: join(scratch.path, 'socket') };
  appliance = await ApplianceProcess.simulate('--login', '--config', config, '--socket', target.socket);
});
afterAll(async () => {
  await appliance.dispose();
  scratch.dispose();
});

const typed = async () => 'correct horse battery staple';
const other = async () => 'another passphrase';

/** What is written to standard output meanwhile. */
async function written(work: () => Promise<void>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    chunks.push(Buffer.from(chunk));
    return true;
  });
  await work().finally(() => spy.mockRestore());
  return Buffer.concat(chunks);
}

const api = (...args: string[]) => written(() => apiCommand(target, args, undefined));
const restore = (file: string, options = {}, passphrase = typed) =>
  written(() => restoreCommand(target, file, { dryRun: false, json: false, ...options }, passphrase)).then(
    String,
  );

test('what was set when the backup was made comes back', async () => {
  const file = join(scratch.path, 'backup');
  await api('POST', '/api/v1/servers', '{"address": "ntp.example.net"}');
  expect(String(await written(() => backupCommand(target, file, typed)))).toMatch(/^\S+: \d+ bytes; /);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(backupCommand(target, file, typed)).rejects.toMatchObject({ exitCode: EX_CANTCREAT });

  await api('DELETE', '/api/v1/servers/1');
  const planned = await restore(file, { dryRun: true });
  expect(planned).toMatch(/\+ .*address: ntp\.example\.net[\s\S]*nothing was changed\n$/);
  expect(String(await api('GET', '/api/v1/servers'))).toBe('{"items":[]}\n');
  expect(await restore(file)).toMatch(/keep it with timeball config confirm\n$/);
  expect(String(await api('GET', '/api/v1/servers'))).toContain('ntp.example.net');
  expect(JSON.parse(await restore(file, { dryRun: true, json: true }))).toMatchObject({ diff: '' });

  await expect(restore(file, {}, other)).rejects.toMatchObject({ exitCode: EX_DATAERR });
  await expect(restore(`${file}.no`)).rejects.toMatchObject({ exitCode: EX_NOINPUT });
});

test('timeball api writes bytes as they are', async () => {
  const bytes = await api('POST', '/api/v1/backup', '{"passphrase": "correct horse battery staple"}');
  const file = scratch.write('raw', '');
  await written(() => backupCommand(target, `${file}2`, typed));
  expect(bytes.subarray(0, 8)).toEqual(readFileSync(`${file}2`).subarray(0, 8));
  expect(bytes.length).toBeGreaterThan(200);
});
