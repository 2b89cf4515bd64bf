/** What is installed, by whom it is asked, and what becomes of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HelperResult } from '../../src/system/system-helper.ts';
import { runningSlot } from '../../src/update-side.ts';
import { until } from '../support/until.ts';
import { UpdateWorld } from './update-world.ts';

let world: UpdateWorld;
beforeEach(() => {
  world = new UpdateWorld();
});
afterEach(() => world.close());

const install = (body: object = {}) => world.ask('POST', '/install', body);
const view = () => world.side.view();

describe('to install', () => {
  test('takes a bundle, and a newer one unless it is said otherwise', async () => {
    await world.open();
    expect(await install()).toMatchObject({
      status: 409,
      body: { detail: 'no bundle lies ready: upload one first' },
    });
    await world.put(await world.maker.make('0.0.9'));
    expect(await install()).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/^version 0\.0\.9 is older than 0\.1\.0/) },
    });
    expect(world.asked).toEqual([]);
    expect(await install({ downgrade: true })).toMatchObject({ status: 202, body: { done: true } });
    expect(world.asked).toEqual([{ verb: 'update', downgrade: true }]);
    expect((await install({ downgrade: 'yes' })).status).toBe(400);
    expect((await install({ force: true })).status).toBe(400);
  });

  test('is on record before the helper is asked', async () => {
    await world.open();
    await world.put(await world.maker.make('0.2.0'));
    let entries: readonly unknown[] = [];
    world.perform = async () => {
      entries = (await world.records.side.audit.list({ limit: 1, offset: 0 })).items;
      return { done: true, text: 'the machine restarts' };
    };
    await install();
    expect(entries).toMatchObject([
      {
        actor: { name: 'ann' },
        action: 'update.install',
        before: { version: '0.1.0' },
        after: { version: '0.2.0', signedBy: world.maker.keyId, downgrade: false },
      },
    ]);
  });

  test('goes on when it takes long: nothing else is done meanwhile, and a late refusal shows', async () => {
    await world.open();
    await world.put(await world.maker.make('0.2.0'));
    let finish: (result: HelperResult) => void = () => {};
    world.perform = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const answer = install();
    await until('request at the helper', () => (world.asked.length > 0 ? true : undefined));
    await world.timers.advance(3000);
    expect(await answer).toMatchObject({ status: 202 });
    expect((await view()).installing).toBe(true);
    expect((await install()).status).toBe(409);
    expect((await world.ask('DELETE', '/bundle')).status).toBe(409);
    expect((await world.put(await world.maker.make('0.3.0'))).status).toBe(409);
    finish({ done: false, reason: 'the card is worn out: use another' });
    await until('end of it', async () => ((await view()).installing ? undefined : true));
    expect((await view()).problem).toBe('the card is worn out: use another');
    expect(world.events('update-refused')).toEqual([
      'an update was refused: the card is worn out: use another',
    ]);
    // What is tried anew is not to blame for what was before.
    await world.put(await world.maker.make('0.3.0'));
    expect((await view()).problem).toBe('');
  });

  test('is refused at once where the helper does, and said once where the installer keeps a record', async () => {
    await world.open();
    await world.put(await world.maker.make('0.2.0'));
    world.perform = async () => {
      world.tell({ state: 'refused', reason: 'the slot is too small' });
      return { done: false, reason: 'the slot is too small' };
    };
    expect(await install()).toMatchObject({ status: 409, body: { detail: 'the slot is too small' } });
    expect(world.events('update-refused')).toEqual(['version 0.2.0 was refused: the slot is too small']);
  });

  test('is not possible without a helper, nor on trial', async () => {
    await world.open({ helper: false });
    await world.put(await world.maker.make('0.2.0'));
    expect(await view()).toMatchObject({
      can: { upload: true, install: false },
      reason: expect.stringContaining('no helper'),
    });
    expect((await install()).status).toBe(409);
    await world.reopen();
    world.tell({ state: 'trial' });
    expect(await install()).toMatchObject({
      status: 409,
      body: { detail: 'version 0.2.0 is on trial: wait until it is kept or taken back' },
    });
    expect(world.asked).toEqual([]);
  });

  test('two who ask at the same time get it once', async () => {
    await world.open();
    await world.put(await world.maker.make('0.2.0'));
    const answers = await Promise.all([install(), install()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    expect(world.asked).toHaveLength(1);
  });
});

describe('what became of it', () => {
  test('is said as events, each once, across restarts', async () => {
    world.tell({ state: 'trial' });
    await world.open();
    await world.timers.advance(20_000);
    await world.reopen();
    world.tell({ state: 'kept', at: '2026-06-01T12:15:00Z' });
    await world.timers.advance(20_000);
    await world.reopen();
    world.tell({ state: 'rolled-back', at: '2026-06-02T12:15:00Z', reason: 'its clock did not lock' });
    await world.timers.advance(20_000);
    await world.reopen();
    expect(world.events('update-installed')).toEqual([
      'version 0.2.0 is installed, on trial: it is kept if it is well within 15 min',
    ]);
    expect(world.events('update-kept')).toEqual(['version 0.2.0 was well and is kept']);
    expect(world.events('update-rolled-back')).toEqual([
      'version 0.2.0 was taken back, 0.1.0 runs again: its clock did not lock',
    ]);
    const { items } = world.records.side.events.list({ type: 'update-rolled-back', limit: 1, offset: 0 });
    expect(items).toMatchObject([{ severity: 'error', data: { version: '0.2.0', slot: 'b' } }]);
    expect((await world.ask('GET', '')).body).toMatchObject({
      last: { state: 'rolled-back', reason: 'its clock did not lock' },
    });
  });

  test('what it came from goes once it is kept, and not before', async () => {
    await world.open();
    await world.put(await world.maker.make('0.2.0'));
    world.tell({ state: 'trial' });
    await world.timers.advance(5000);
    expect((await view()).bundle?.summary?.version).toBe('0.2.0');
    world.tell({ state: 'kept', at: '2026-06-01T12:15:00Z' });
    await world.timers.advance(5000);
    await until('bundle that is gone', async () => ((await view()).bundle ? undefined : true));
  });

  test('a record that is none is as good as none', async () => {
    world.scratch.write('state.json', '{"state": "trial"');
    await world.open();
    expect((await view()).last).toBe(null);
  });
});

test.each([
  ['console=tty1 root=PARTUUID=1a2b3c4d-02 ro', 'a'],
  ['root=PARTUUID=1a2b3c4d-03 ro panic=10', 'b'],
  ['root=/dev/sda1 ro', null],
  ['', null],
])('%s runs from slot %s', (commandLine, slot) => {
  expect(runningSlot(commandLine)).toBe(slot);
});
