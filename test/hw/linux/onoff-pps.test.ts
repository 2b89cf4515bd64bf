import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { IntervalSpread } from '../../../hw/linux/interval-spread.ts';
import { gpioBase, type OnoffModule, OnoffPps } from '../../../hw/linux/onoff-pps.ts';
import { PpsDriver } from '../../../hw/linux/pps-driver.ts';
import { instant } from '../../../src/time/instant.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

/** A sysfs with these GPIO chips. */
function sysfs(chips: Record<string, { base: number; label: string }>): string {
  const root = mkdtempSync(join(tmpdir(), 'timeball-sysfs-'));
  folders.push(root);
  mkdirSync(join(root, 'class/gpio'), { recursive: true });
  for (const [name, { base, label }] of Object.entries(chips)) {
    const path = join(root, 'class/gpio', name);
    mkdirSync(path);
    writeFileSync(join(path, 'base'), `${base}\n`);
    writeFileSync(join(path, 'label'), `${label}\n`);
  }
  return root;
}

const PI = {
  gpiochip512: { base: 512, label: 'pinctrl-bcm2711' },
  gpiochip570: { base: 570, label: 'raspberrypi-exp-gpio' },
};

function world(
  options: { edge?: 'rising' | 'falling'; failure?: NodeJS.ErrnoException; absent?: string } = {},
) {
  const timers = new VirtualTimers();
  const made: { number: number; activeLow: boolean }[] = [];
  const line = { released: 0, watch: (_error: Error | null, _value: 0 | 1) => {} };
  class Gpio {
    constructor(number: number, _direction: 'in', _edge: 'both', { activeLow }: { activeLow: boolean }) {
      if (options.failure) throw options.failure;
      made.push({ number, activeLow });
    }
    watch(callback: (error: Error | null | undefined, value: 0 | 1) => void): void {
      line.watch = callback;
    }
    unexport(): void {
      line.released++;
    }
  }
  const load = async (): Promise<OnoffModule> => {
    if (options.absent) throw new Error(options.absent);
    return { Gpio };
  };
  const settings = { device: 'onoff', line: 18, edge: options.edge ?? 'rising', sysfs: sysfs(PI) };
  const clock = { at: instant<'Local'>(1_800_000_000) };
  const now = () => clock.at;
  const sources = () => [new OnoffPps({ settings, now, load })];
  const driver = new PpsDriver({ device: 'onoff', timers, sources });
  return { timers, driver, heard: new Recorder(), made, line, clock };
}

describe('onoff', () => {
  it('stamps in the callback and says so', async () => {
    const { timers, driver, heard, made, line, clock } = world();
    driver.open(heard);
    await timers.advance(10);
    clock.at = instant(1_800_000_001, 40_000);
    line.watch(null, 1);
    clock.at = instant(1_800_000_001, 100_050_000);
    line.watch(null, 0);
    clock.at = instant(1_800_000_009);
    await timers.advance(100);
    const userStamp = { stampedBy: 'user', timescale: 'realtime' };
    expect(heard.edges).toEqual([
      { at: { seconds: 1_800_000_001, nanos: 40_000 }, sequence: 1, polarity: 'assert', ...userStamp },
      { at: { seconds: 1_800_000_001, nanos: 100_050_000 }, sequence: 2, polarity: 'clear', ...userStamp },
    ]);
    expect(made).toEqual([{ number: 530, activeLow: false }]);
    expect(heard.lastState?.device).toContain('jitter not known yet');
    await driver.close();
    expect(line.released).toBe(1);
  });

  it('shows its measured jitter', async () => {
    const { timers, driver, heard, line, clock } = world({ edge: 'falling' });
    driver.open(heard);
    await timers.advance(10);
    for (let second = 0; second < 30; second++) {
      clock.at = instant(1_800_000_000 + second, ((second * 37) % 80) * 1000); // 0–80 µs late
      line.watch(null, 1);
      await timers.advance(1000);
    }
    expect(heard.lastState?.device).toMatch(/jitter below 50 µs/);
    expect(heard.edges).toHaveLength(30);
  });

  it('reports a line that fails, releases it and opens it again', async () => {
    const { timers, driver, heard, made, line } = world();
    driver.open(heard);
    await timers.advance(10);
    line.watch(new Error('EIO: read'), 0);
    await timers.advance(100);
    expect(heard.lastState).toMatchObject({ state: 'failed', reason: 'onoff lost line 18 (EIO: read)' });
    await timers.advance(1000);
    expect(heard.lastState?.state).toBe('open');
    expect([made.length, line.released]).toEqual([2, 1]);
  });

  it('loses edges of a bouncing line visibly instead of keeping them all', async () => {
    const { timers, driver, heard, line } = world();
    driver.open(heard);
    await timers.advance(10);
    for (let i = 0; i < 1000; i++) line.watch(null, 1);
    await timers.advance(60);
    line.watch(null, 1);
    await timers.advance(60);
    expect(heard.edges).toHaveLength(65);
    expect(heard.edges.at(-1)?.sequence).toBe(1001);
  });

  it.each([
    [
      'absent',
      { absent: "Cannot find package 'onoff'" },
      /onoff is not usable \(Cannot find.*npm install onoff/,
    ],
    ['without sysfs', { failure: failure('ENOENT') }, /no GPIO in sysfs: set pps.device/],
    ['taken', { failure: failure('EBUSY') }, /line 18 \(sysfs number 530\) is in use/],
    ['unknown', { failure: failure('EINVAL') }, /does not exist: set pps.line/],
    ['not permitted', { failure: failure('EACCES') }, /group gpio/],
  ])('says what to do when it is %s', async (_name, options, reason) => {
    const { timers, driver, heard } = world(options);
    driver.open(heard);
    await timers.advance(5000);
    expect(heard.lastState?.reason).toMatch(reason);
  });

  it('answers with a reason on a machine as it is, whatever that lacks', async () => {
    const now = () => instant<'Local'>(0);
    const settings = { device: 'onoff', line: 1023, edge: 'rising', sysfs: '/nowhere' } as const;
    const reason = await new OnoffPps({ settings, now }).open();
    expect(reason).toMatch(/onoff is not usable|no GPIO in sysfs|does not exist|no permission/);
  });
});

describe('sysfs numbers', () => {
  it('start at the base of the SoC’s chip', () => {
    expect(gpioBase(join(sysfs(PI), 'class/gpio'))).toBe(512);
    expect(gpioBase(join(sysfs({ gpiochip0: { base: 0, label: 'other' } }), 'class/gpio'))).toBe(0);
    expect(gpioBase('/nowhere')).toBe(0);
  });
});

describe('interval spread', () => {
  it('is the scatter of one stamp, whatever the rate and the lost edges', () => {
    const spread = new IntervalSpread();
    let state = 1;
    for (let second = 0; second < 200; second++) {
      let sum = 0;
      for (let i = 0; i < 12; i++) {
        state = (state * 48_271) % 2_147_483_647;
        sum += state / 2_147_483_647;
      }
      if (second % 7 !== 3)
        spread.add(instant(1_800_000_000 + second, 3000 * second + (sum - 6) * 10_000 + 1e8));
    }
    expect(spread.jitter).toBeGreaterThan(6000);
    expect(spread.jitter).toBeLessThan(15_000);
    expect(spread.describe()).toBe('jitter below 20 µs');
  });
});

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: something`), { code });
}
