import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Target } from '../../src/cli/ask-appliance.ts';
import { configCommand } from '../../src/cli/config-command.ts';
import { itemsCommand } from '../../src/cli/config-items-command.ts';
import { SettingsApi } from '../api/settings-fixture.ts';

let api: SettingsApi;
let target: Target;
let written = '';
beforeEach(async () => {
  api = await SettingsApi.start('ntp: {port: 123}\n');
  const url = new URL(await api.server.listen({ host: '127.0.0.1', port: 0 }));
  target = { host: url.hostname, port: Number(url.port) };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

async function said(task: Promise<void>): Promise<string> {
  written = '';
  await task;
  return written;
}
const config = (...words: string[]) => said(configCommand(target, words, false));
const items = (which: 'rules' | 'servers' | 'keys', ...words: string[]) =>
  said(itemsCommand(which, target, words, false));

test('config: a value is read, changed, and brought back', async () => {
  expect(await config('get', 'ntp.port')).toBe('123\n');
  expect(await config('get', 'ntp.listen')).toBe('- 0.0.0.0\n- "::"\n');
  expect(await config('set', 'ntp.port', '99')).toBe(
    '--- before\n+++ after\n@@ -1 +1 @@\n-ntp: {port: 123}\n+ntp: {port: 99}\nrevision 2\n',
  );
  expect(await config('diff')).toContain('-ntp: {port: 123}\n+ntp: {port: 99}\n');
  expect(await config('history')).toMatch(
    /^revision +UTC +by +from +change\n2\* +2026-11-21 00:00:00 +anna +192\.0\.2\.7 +ntp\.port: 123 → 99\n1 /,
  );
  expect(await config('restore', '1')).toContain('+ntp: {port: 123}\n');
  expect(await config('set', 'ntp.port', '123')).toBe('nothing changes\n');
  expect(await config('reset', 'ntp.port')).toContain('revision 4');
});

test('config: what waits is confirmed or undone', async () => {
  expect(await config('pending')).toBe('nothing waits to be confirmed\n');
  expect(await config('set', 'http.allow', '[any]')).toContain(
    'revision 2 (http.allow) is undone in 60 s: keep it with timeball config confirm\n',
  );
  expect(await config('undo')).toContain('-  allow:\n');
  await config('set', 'http.allow', '[any]');
  expect(await config('confirm')).toBe('revision 4 stays\n');
});

test.each([
  [['set', 'ntp.port', '0'], 'timeball config: ntp.port: 0 is not a port: use 1 to 65535'],
  [['set', 'ntp.port'], 'set takes a key and a value'],
  [['get', 'ntp.prot'], 'there is no key ntp.prot'],
  [['restore', 'x'], 'x is not a revision'],
  [['restore', '9'], 'revision 9 is not kept'],
  [['confirm'], 'no change waits to be confirmed'],
  [['burn'], 'burn is not possible: use one of get, set'],
])('config %j: refused', async (words, message) => {
  await expect(config(...words)).rejects.toThrow(message);
});

test('rules, servers and keys, item by item', async () => {
  expect(await items('rules', 'add', '{prefix: 10.0.0.0/8, action: deny}')).toBe(
    'id  prefix      action  rateLimit  requireKey  allowQueries  note\n3   10.0.0.0/8  deny    default    false       false         -\n',
  );
  expect(await items('rules', 'change', '3', '{note: guests}')).toContain('guests');
  expect(await items('rules', 'delete', '3')).toBe('');
  expect(await items('servers', 'add', '{address: ntp.example.net}')).toContain('1   ntp.example.net  -\n');
  expect(await items('servers', 'list')).toContain('ntp.example.net');
  expect(await items('keys', 'add', '{type: AES128}')).toMatch(/secret, shown only now: [0-9a-f]{32}\n$/);
  expect(await items('keys', 'show', '1')).not.toContain('secret');
  await expect(items('rules', 'delete', '3')).rejects.toThrow('there is no rule 3');
  await expect(items('rules', 'add', '{prefix: x, action: deny}')).rejects.toThrow(
    'prefix: "x" is not a prefix',
  );
  await expect(items('rules', 'add')).rejects.toThrow('the fields are missing');
});
