import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, run } from '../support/program.ts';
import { SettingsApi } from './settings-fixture.ts';

test('a Terraform provider can manage servers and access rules', async () => {
  const api = await SettingsApi.start('# mine\nntp: {port: 123}\n');
  const url = await api.server.listen({ host: '127.0.0.1', port: 0 });
  const result = await run([process.execPath, join(ROOT, 'test/api/terraform-like.mjs'), url]);
  expect(result).toMatchObject({ code: 0, err: '' });
  expect(result.out.split('\n')).toEqual([
    'server 1: created',
    'server 1: imported by its id',
    'server 1: changed',
    'server 1: drift in description found and mended',
    'server 1: deleted',
    'access rule 3: created',
    'access rule 3: imported by its id',
    'access rule 3: changed',
    'access rule 3: drift in action found and mended',
    'access rule 3: deleted',
    'all is as it was',
    '',
  ]);
  expect(api.settings.loaded.text).toMatch(/^# mine\n/);
  await api.stop();
});
