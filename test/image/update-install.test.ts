/** The installer on a card of plain files: what it refuses, what it writes, and what a power cut leaves at any moment. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rootOf, type Slot } from '../../image/guest/slot.ts';
import { Scratch } from '../support/scratch.ts';
import { aBundle, aKey, content, patch, trust } from '../update/a-bundle.ts';
import { ACard, Cut } from './a-card.ts';

const scratch = new Scratch();
const cards: ACard[] = [];
let bundle: string;
let keys: string;
beforeAll(async () => {
  bundle = await aBundle(scratch, {
    boot: { 'bcm2711-rpi-4-b.dtb': 'a tree', 'overlays/x.dtbo': 'an overlay' },
  });
  keys = trust(scratch, aKey(scratch));
});
afterEach(() => {
  for (const card of cards.splice(0)) card.dispose();
});
afterAll(() => scratch.dispose());

function aCard(running: Slot = 'a'): ACard {
  const card = new ACard(running);
  cards.push(card);
  return card;
}

describe.each<[Slot, Slot]>([
  ['a', 'b'],
  ['b', 'a'],
])('from slot %s to slot %s', (running, idle) => {
  test('an update is installed, started once on trial, and kept', async () => {
    const card = aCard(running);
    expect(await card.install(bundle, keys)).toEqual({ version: '2.0.0', slot: idle });
    expect(card.restarts).toBe(1);
    expect(card.record).toEqual({
      ...{
        state: 'trial',
        version: '2.0.0',
        from: '1.0.0',
        slot: idle,
        at: '2026-11-21T00:00:00.000Z',
        reason: '',
      },
      ...{ baseline: { locked: true, boundSeconds: 5e-6 }, deadlineSeconds: 900 },
    });
    expect(card.boot()).toEqual({ slot: running, version: '1.0.0' });
    expect(card.boot(true)).toEqual({ slot: idle, version: '2.0.0' });
    expect(readFileSync(join(card.firmware, `slot-${idle}/overlays/x.dtbo`), 'utf8')).toBe('an overlay');
    const before = card.config();
    await card.keep(idle);
    expect(card.boot()).toEqual({ slot: idle, version: '2.0.0' });
    expect(card.config()).toBe(before.replace(`\nos_prefix=slot-${running}/`, `\nos_prefix=slot-${idle}/`));
    expect(card.names()).toEqual(['config.txt', 'slot-a', 'slot-b']);
  });

  test('the power goes at any step, and within it: the default slot is whole, and another try succeeds', async () => {
    let steps = 0;
    // One of the slots is enough for cuts between steps: what is begun in one is the most that can be left.
    for (const within of running === 'a' ? [false, true] : [true])
      for (let cut = 0, done = false; !done; cut++) {
        const card = aCard(running);
        card.stepsLeft = cut;
        card.within = within;
        done = await card.install(bundle, keys).then(
          () => true,
          (error) => {
            if (!(error instanceof Cut)) throw error;
            return false;
          },
        );
        const where = `${within ? 'within' : 'before'} step ${cut}`;
        expect(card.boot(), where).toEqual({ slot: running, version: '1.0.0' });
        // Should the restart be for a trial all the same, it starts what is whole.
        const trial = card.names().includes('tryboot.txt');
        expect(card.boot(true), where).toEqual(
          trial ? { slot: idle, version: '2.0.0' } : { slot: running, version: '1.0.0' },
        );
        if (done) steps = cut;
        if (within) {
          card.stepsLeft = Number.POSITIVE_INFINITY;
          await card.install(bundle, keys);
          expect(card.boot(true), where).toEqual({ slot: idle, version: '2.0.0' });
        }
        card.dispose();
      }
    // All of them: two records, the restart, and what is written.
    expect(steps).toBeGreaterThan(15);
  });

  test('the power goes while it is kept: the one or the other, whole', async () => {
    const seen = new Set<string>();
    for (let cut = 0, done = false; !done; cut++) {
      const card = aCard(running);
      await card.install(bundle, keys);
      card.stepsLeft = cut;
      done = await card.keep(idle).then(
        () => true,
        () => false,
      );
      const started = card.boot();
      expect(started).toBeDefined();
      seen.add(started?.version ?? '');
      card.dispose();
    }
    expect([...seen]).toEqual(['1.0.0', '2.0.0']);
  });
});

describe('refused, and nothing is touched:', () => {
  const refuse = async (
    card: ACard,
    why: RegExp,
    options: Parameters<ACard['install']>[2] = {},
    path = bundle,
  ) => {
    const [names, config] = [card.names(), card.config()];
    await expect(card.install(path, keys, options)).rejects.toThrow(why);
    expect(card.boot()?.version).toBe('1.0.0');
    expect([card.names(), card.config(), card.restarts]).toEqual([names, config, 0]);
  };

  test('no bundle', async () => {
    const card = aCard();
    await refuse(card, /there is no bundle/, {}, join(scratch.path, 'none'));
    expect(card.record).toMatchObject({ state: 'refused', version: '', reason: /there is no bundle/ });
  });

  test('a key that is not trusted', async () => {
    const other = await aBundle(scratch, { key: aKey(scratch, 'other'), name: 'other.update' });
    await refuse(aCard(), /not trusted here/, {}, other);
  });

  test('an older version, unless it is asked for', async () => {
    const card = aCard();
    await refuse(card, /version 2\.0\.0 is older than 2\.0\.1, which runs: ask for a downgrade/, {
      version: '2.0.1',
    });
    expect(card.record).toMatchObject({ state: 'refused', version: '2.0.0', from: '2.0.1' });
    await card.install(bundle, keys, { version: '2.0.1', downgrade: true });
    expect(card.boot(true)?.version).toBe('2.0.0');
  });

  test('larger than the slot', () =>
    refuse(aCard(), /is 150001 bytes, slot b holds 150000/, { capacity: async () => 150_000 }));

  test('during a trial, whose record stays', async () => {
    const card = aCard();
    await card.install(bundle, keys);
    const { record } = card;
    card.restarts = 0;
    await refuse(card, /on trial itself: wait/, { commandLine: `root=${rootOf('b')}` });
    expect(card.record).toBe(record);
  });

  test('on a machine that did not start from a slot', () =>
    refuse(aCard(), /not started from slot a or b/, { commandLine: 'root=/dev/sda1 ro' }));

  test.each(['', 'os_prefix=slot-c/\n', 'os_prefix=slot-a/\nos_prefix=slot-b/\n'])(
    'with a config.txt that names no slot: %j',
    async (text) => {
      const card = aCard();
      writeFileSync(join(card.firmware, 'config.txt'), text);
      await expect(card.install(bundle, keys)).rejects.toThrow(/config\.txt names no slot/);
      expect(card.config()).toBe(text);
    },
  );
});

describe('refused on the way, and the default slot starts:', () => {
  const changed: readonly [string, (path: string) => void, RegExp][] = [
    [
      'the system was changed',
      (path) => patch(path, content('root 2.0.0', 90_000).subarray(80_000), 'x'),
      /root\.squashfs is not what was signed/,
    ],
    [
      'the kernel was changed',
      (path) => patch(path, content('kernel 2.0.0', 64), 'x'),
      /boot\/vmlinuz is not what was signed/,
    ],
    [
      'a tree was changed',
      (path) => patch(path, 'a tree', 'a bush'),
      /boot\/bcm2711-rpi-4-b\.dtb is not what was signed/,
    ],
  ];
  test.each(changed)('%s', async (_, spoil, why) => {
    const path = await aBundle(scratch, { name: 'spoilt.update' });
    spoil(path);
    const card = aCard();
    await expect(card.install(path, keys)).rejects.toThrow(why);
    expect(card.boot(true)).toEqual({ slot: 'a', version: '1.0.0' });
    expect(card.names()).not.toContain('tryboot.txt');
    expect(card.record).toMatchObject({ state: 'refused', reason: why });
    expect(card.restarts).toBe(0);
  });

  test('it is changed while it is read, after its check', async () => {
    const path = await aBundle(scratch, { name: 'moving.update' });
    const card = aCard();
    const baseline = async () => {
      patch(path, content('initrd 2.0.0', 64), 'changed');
      return { locked: false, boundSeconds: null };
    };
    await expect(card.install(path, keys, { baseline })).rejects.toThrow(
      /boot\/initrd\.img is not what was signed/,
    );
    expect(card.boot(true)?.version).toBe('1.0.0');
  });

  test('the card does not give back what was written', async () => {
    const card = aCard();
    const forget = async (device: string) => patch(device, content('root 2.0.0', 64), 'worn out');
    await expect(card.install(bundle, keys, { forget })).rejects.toThrow(
      /reads back from .*device-b other than .*replace it/,
    );
    expect(card.boot(true)?.version).toBe('1.0.0');
  });

  test('the restart on trial can not be asked for', async () => {
    const card = aCard();
    const restart = () => Promise.reject(new Error('modprobe failed: no such module'));
    await expect(card.install(bundle, keys, { restart })).rejects.toThrow('modprobe failed');
    expect(card.record).toMatchObject({ state: 'refused', reason: 'modprobe failed: no such module' });
    expect(card.boot()?.version).toBe('1.0.0');
  });

  test('what an earlier try left for a trial is gone before anything else', async () => {
    const card = aCard();
    await card.install(bundle, keys);
    const path = await aBundle(scratch, { version: '3.0.0', name: 'third.update' });
    patch(path, content('root 3.0.0', 64), 'x');
    await expect(card.install(path, keys)).rejects.toThrow(/not what was signed/);
    expect(card.boot(true)).toEqual({ slot: 'a', version: '1.0.0' });
  });
});
