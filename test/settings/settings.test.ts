import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigApi } from '../../src/settings/config-api.ts';
import { openSettings } from '../../src/settings/open.ts';
import type { SettingsService } from '../../src/settings/settings.ts';
import { Scratch } from '../support/scratch.ts';
import { ANNA, Fixture, made, refused, until } from './fixture.ts';

const TEXT = '# The tower.\nntp:\n  port: 123 # as ever\n';
let scratch: Scratch;
let fixture: Fixture;
let settings: SettingsService;
let api: ConfigApi;
beforeEach(async () => {
  scratch = new Scratch({ 'timeball.yaml': TEXT });
  fixture = new Fixture(scratch.path);
  await open();
});
afterEach(async () => {
  await settings.close();
  scratch.dispose();
});
async function open(): Promise<void> {
  settings = await fixture.open();
  api = new ConfigApi(settings);
}
const text = () => readFileSync(fixture.file, 'utf8');
const summaries = () => api.revisions().map(({ by, summary }) => `${by}: ${summary}`);
const patch = async (change: unknown, tag?: string) => made(await api.patch(ANNA, change, tag));
const RISKY = { http: { allow: ['192.0.2.0/24'] } };

describe('a change', () => {
  test('is written, kept, told, and taken over', async () => {
    const result = await patch({ ntp: { port: 1123 }, log: { level: 'warn' } });
    expect(text()).toBe('# The tower.\nntp:\n  port: 1123 # as ever\nlog:\n  level: warn\n');
    expect(result).toEqual({
      revision: 2,
      diff: '--- before\n+++ after\n@@ -1,3 +1,5 @@\n # The tower.\n ntp:\n-  port: 123 # as ever\n+  port: 1123 # as ever\n+log:\n+  level: warn\n',
      changes: [
        { key: 'ntp.port', before: 123, after: 1123 },
        { key: 'log.level', before: 'info', after: 'warn' },
      ],
      waitingForRestart: [],
      pending: null,
    });
    expect(fixture.applied.at(-1)).toMatchObject({ ntp: { port: 1123 } });
    expect(summaries()).toEqual(['anna: ntp.port: 123 → 1123, log.level: info → warn', 'file: as found']);
    expect(fixture.audited).toEqual([
      {
        actor: ANNA,
        action: 'config.update',
        target: 'configuration',
        before: { 'ntp.port': 123, 'log.level': 'info' },
        after: { 'ntp.port': 1123, 'log.level': 'warn' },
      },
    ]);
    expect(fixture.events).toEqual([
      'config-changed: anna changed the settings: ntp.port: 123 → 1123, log.level: info → warn',
    ]);
  });

  test('null gives a key its default', async () => {
    await patch({ ntp: { port: null } });
    expect(text()).not.toContain('port');
    expect(settings.config.ntp.port).toBe(123);
  });

  test('that is none makes no revision', async () => {
    expect(await patch({ ntp: { port: 123 } })).toMatchObject({ revision: 1, diff: '' });
    expect(fixture.audited).toEqual([]);
  });

  test.each([
    [{ ntp: { port: 0 } }, 'ntp.port', '0 is not a port'],
    [{ ntp: { prot: 1 } }, 'ntp.prot', 'did you mean ntp.port?'],
    [{ nonsense: { a: 1 } }, 'nonsense', 'unknown key'],
  ])('that is wrong names the field: %j', async (change, field, message) => {
    const refusal = refused(await api.patch(ANNA, change, undefined));
    expect(refusal).toMatchObject({ refused: 'invalid', errors: [{ field }] });
    expect(refusal.detail).toContain(message);
    expect(text()).toBe(TEXT);
    expect(settings.revision).toBe(1);
  });

  test('that the appliance can not take over is undone', async () => {
    fixture.objection = ({ ntp }) => (ntp.port === 5 ? 'NTP port 5 is in use' : '');
    expect(refused(await api.patch(ANNA, { ntp: { port: 5 } }, undefined))).toMatchObject({
      refused: 'conflict',
      detail: 'NTP port 5 is in use',
    });
    expect(text()).toBe(TEXT);
    expect(fixture.applied.at(-1)).toMatchObject({ ntp: { port: 123 } });
    expect(summaries()).toEqual(['file: as found']);
    expect(fixture.audited).toEqual([]);
  });

  test('made from what is no more is refused', async () => {
    const tag = api.etag;
    await patch({ ntp: { port: 5 } }, tag);
    expect(refused(await api.patch(ANNA, { ntp: { port: 6 } }, tag)).refused).toBe('changed');
    await patch({ ntp: { port: 6 } }, `"x", ${api.etag}`);
    await patch({ ntp: { port: 7 } }, '*');
  });

  test('at the same time as others: each is made on top of the one before', async () => {
    await Promise.all([1, 2, 3, 4].map((i) => patch({ discipline: { cableDelay: i }, ntp: { port: i } })));
    expect(settings.config).toMatchObject({ ntp: { port: 4 }, discipline: { cableDelay: 4 } });
    expect(settings.revision).toBe(5);
  });

  test('50 revisions are kept, also across a restart', async () => {
    for (let i = 1; i <= 52; i++) await patch({ ntp: { port: i } });
    await open();
    const ids = api.revisions().map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 50 }, (_, i) => 53 - i));
    expect(api.revision(10)).toMatchObject({ by: 'anna', from: '192.0.2.7', current: false });
    expect(api.revision(10)?.diff).toContain('-  port: 8 # as ever\n+  port: 9 # as ever');
    expect(api.revision(2)).toBeUndefined();
    expect(made(await api.restore(ANNA, 10))).toMatchObject({ revision: 54 });
    expect(settings.config.ntp.port).toBe(9);
    expect(summaries()[0]).toBe('anna: revision 10 restored');
    expect(
      readdirSync(join(scratch.path, 'state')).filter((name) => name.startsWith('config-rev')),
    ).toHaveLength(50);
  });
});

describe('a change that could lock its maker out', () => {
  test('stays once it is confirmed', async () => {
    const { pending } = await patch(RISKY);
    expect(pending).toEqual({
      id: 2,
      secondsLeft: 60,
      expiresAt: '2026-11-21T00:01:00.000Z',
      summary: 'http.allow',
      reachableAt: ['http://192.0.2.9:8080'],
    });
    await fixture.timers.advance(59_001);
    expect(api.pending).toMatchObject({ secondsLeft: 1 });
    made(await api.confirm(ANNA));
    await fixture.timers.advance(10_000);
    await open();
    expect(settings.config.http.allow).toEqual(['192.0.2.0/24']);
    expect(refused(await api.confirm(ANNA)).refused).toBe('missing');
  });

  test('goes back by itself', async () => {
    await patch(RISKY);
    expect(fixture.applied.at(-1)?.http.allow).toEqual(['192.0.2.0/24']);
    await fixture.timers.advance(60_000);
    await until(() => fixture.events.length === 2);
    expect(text()).toBe(TEXT);
    expect(fixture.applied.at(-1)?.http.allow).toEqual(['loopback', 'attached']);
    expect(summaries()[0]).toBe('system: not confirmed in time: http.allow');
    expect(fixture.events.at(-1)).toBe(
      'config-rolled-back: the settings went back: not confirmed in time: http.allow',
    );
    expect(fixture.audited.at(-1)).toMatchObject({ actor: { name: 'system' }, action: 'config.roll-back' });
    expect(api.pending).toBeNull();
    await patch({ ntp: { port: 5 } });
  });

  test('goes back at once when asked', async () => {
    await patch(RISKY);
    const { diff } = made(await api.rollBack(ANNA));
    expect(diff).toContain('-    - 192.0.2.0/24\n');
    expect(text()).toBe(TEXT);
    expect(summaries()[0]).toBe('anna: taken back: http.allow');
  });

  test('lets no other change be made meanwhile', async () => {
    await patch(RISKY);
    expect(refused(await api.patch(ANNA, { ntp: { port: 5 } }, undefined))).toMatchObject({
      refused: 'conflict',
      detail: 'revision 2 waits to be confirmed: confirm it or take it back first',
    });
  });

  test('goes back at a restart', async () => {
    await patch(RISKY);
    await settings.close();
    expect(settings.tookBack).toBe(false);
    await open();
    expect(settings.tookBack).toBe(true);
    expect(text()).toBe(TEXT);
    expect(settings.config.http.allow).toEqual(['loopback', 'attached']);
    expect(summaries()[0]).toBe('system: not confirmed before the restart: http.allow');
    await open();
    expect(settings.tookBack).toBe(false);
    expect(summaries()).toHaveLength(3);
    expect(fixture.events.filter((event) => event.startsWith('config-rolled-back'))).toHaveLength(1);
  });

  test('stays where a hand has edited the file since', async () => {
    await patch(RISKY);
    writeFileSync(fixture.file, `${text()}# mine\n`);
    made(await settings.reload());
    await fixture.timers.advance(100_000);
    expect(text()).toContain('192.0.2.0/24');
    expect(api.pending).toBeNull();
    await open();
    expect(text()).toContain('# mine');
  });

  test('the host name alone does not', async () => {
    expect(await patch({ network: { hostName: 'tower' } })).toMatchObject({ pending: null });
    const risky = await patch({ network: { interface: 'eth0' } });
    expect(risky.pending).not.toBeNull();
  });
});

describe('an edit by hand', () => {
  test('is noticed at a reload', async () => {
    writeFileSync(fixture.file, TEXT.replace('123', '99'));
    expect(made(await settings.reload())).toMatchObject({
      changes: [{ key: 'ntp.port', before: 123, after: 99 }],
    });
    expect(summaries()[0]).toBe('file: ntp.port: 123 → 99');
    expect(fixture.applied.at(-1)?.ntp.port).toBe(99);
    expect(fixture.audited.at(-1)).toMatchObject({ actor: { name: 'file' }, action: 'config.edit' });
  });

  test('is noticed at a start', async () => {
    writeFileSync(fixture.file, TEXT.replace('123', '99'));
    await open();
    expect(summaries()).toEqual(['file: ntp.port: 123 → 99', 'file: as found']);
  });

  test('and a change over the API go together, comments and all', async () => {
    writeFileSync(fixture.file, `${TEXT}log: {level: debug} # for now\n`);
    await patch({ ntp: { port: 5 } });
    expect(text()).toBe('# The tower.\nntp:\n  port: 5 # as ever\nlog: {level: debug} # for now\n');
    expect(summaries()).toEqual([
      'anna: ntp.port: 123 → 5',
      'file: log.level: info → debug',
      'file: as found',
    ]);
  });

  test('with a mistake changes nothing and says where', async () => {
    writeFileSync(fixture.file, TEXT.replace('123', 'x'));
    const expected = { refused: 'conflict', detail: expect.stringContaining('timeball.yaml:3:9: ntp.port') };
    expect(await settings.reload()).toMatchObject(expected);
    expect(await api.patch(ANNA, { log: { level: 'warn' } }, undefined)).toMatchObject(expected);
    expect(settings.config.ntp.port).toBe(123);
  });
});

test('the state folder can not be written: nothing is changed, and it is said', async () => {
  writeFileSync(join(scratch.path, 'blocked'), '');
  const other = new Fixture(join(scratch.path, 'blocked'), fixture.file);
  const blocked = await other.open();
  const result = refused(await new ConfigApi(blocked).patch(ANNA, { ntp: { port: 5 } }, undefined));
  expect(result).toMatchObject({ refused: 'failed', detail: expect.stringContaining('not saved') });
  expect(text()).toBe(TEXT);
});

describe('without a configuration file', () => {
  const options = () => ({
    file: undefined,
    audit: { record: () => {} },
    events: { raise: () => {} },
    timers: fixture.timers,
    clock: () => ({ millis: 0, trusted: true }),
    warn: () => {},
  });

  test('there is one in the state folder', async () => {
    const stateDirectory = join(scratch.path, 'other');
    const own = await openSettings({ ...options(), stateDirectory });
    if ('errors' in own) throw new Error('not opened');
    expect(existsSync(own.file as string)).toBe(false);
    made(await new ConfigApi(own).patch(ANNA, { ntp: { port: 5 } }, undefined));
    expect(own.file).toBe(join(stateDirectory, 'timeball.yaml'));
    expect(readFileSync(own.file as string, 'utf8')).toBe('ntp:\n  port: 5\n');
  });

  test('nor a state folder, settings are in memory', async () => {
    const own = await openSettings({ ...options(), stateDirectory: undefined });
    if ('errors' in own) throw new Error('not opened');
    const config = new ConfigApi(own);
    made(await config.patch(ANNA, { ntp: { port: 5 } }, undefined));
    expect(config.view()).toMatchObject({ file: null, revision: 2, config: { ntp: { port: 5 } } });
    expect(config.revision(2)?.diff).toContain('+  port: 5');
    made(await config.patch(ANNA, RISKY, undefined));
    made(await config.rollBack(ANNA));
    expect(config.text()).toBe('ntp:\n  port: 5\n');
  });
});
