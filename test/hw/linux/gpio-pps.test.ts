import { describe, expect, it } from 'vitest';
import { findHeaderChip } from '../../../hw/linux/gpio-chip.ts';
import { GpioPps } from '../../../hw/linux/gpio-pps.ts';
import { PpsDriver } from '../../../hw/linux/pps-driver.ts';
import { FakeGpioChip } from './fake-devices.ts';
import { EACCES, FakeKernel } from './fake-kernel.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

function world(edge: 'rising' | 'falling' = 'rising', line = 18) {
  const timers = new VirtualTimers();
  const kernel = new FakeKernel(timers);
  const chip = new FakeGpioChip(kernel);
  kernel.paths.set('/dev/gpiochip0', () => chip.open());
  const sources = () => [new GpioPps(kernel, '/dev/gpiochip0', line, edge)];
  const driver = new PpsDriver({ device: '/dev/gpiochip0', timers, sources });
  return { timers, kernel, chip, driver, heard: new Recorder() };
}

type World = ReturnType<typeof world>;

describe('GPIO character device v2', () => {
  it('hands on kernel stamps, polarities and the line’s own count', async () => {
    const { timers, kernel, chip, driver, heard } = world();
    kernel.at(1000, () => chip.event(1, 1_800_000_001_000_000_789n, 5));
    kernel.at(1100, () => chip.event(2, 1_800_000_001_100_000_000n, 6));
    kernel.at(3000, () => chip.event(1, 1_800_000_003_000_000_001n, 9));
    driver.open(heard);
    await timers.advance(3500);
    const kernelStamp = { stampedBy: 'kernel', timescale: 'realtime' };
    expect(heard.edges).toEqual([
      { at: { seconds: 1_800_000_001, nanos: 789 }, sequence: 5, polarity: 'assert', ...kernelStamp },
      { at: { seconds: 1_800_000_001, nanos: 1e8 }, sequence: 6, polarity: 'clear', ...kernelStamp },
      { at: { seconds: 1_800_000_003, nanos: 1 }, sequence: 9, polarity: 'assert', ...kernelStamp },
    ]);
  });

  it('asks for both edges on the realtime clock; active low for the falling edge', async () => {
    for (const [edge, flags] of [
      ['rising', 0x834],
      ['falling', 0x836],
    ] as const) {
      const { timers, chip, driver, heard } = world(edge);
      driver.open(heard);
      await timers.advance(0);
      expect(chip.flags).toBe(flags);
      expect(chip.eventBuffer).toBe(32);
      expect(chip.consumers).toEqual(['timeball-pps']);
    }
  });

  it('takes several events in one read', async () => {
    const { timers, chip, driver, heard } = world();
    for (let i = 0; i < 40; i++) chip.event(1, BigInt(i) * 1_000_000_000n, i);
    driver.open(heard);
    await timers.advance(200);
    expect(heard.edges.map((edge) => edge.sequence)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('maps monotonic stamps where the kernel has no others', async () => {
    const { timers, kernel, chip, driver, heard } = world();
    chip.monotonicOnly = true;
    kernel.at(1500, () => chip.event(1, 1_499_999_000n, 1)); // 1 µs before it is read
    kernel.at(1600, () => chip.event(2, 599_999_000n, 2)); // 1.000001 s before: the borrow across the second
    driver.open(heard);
    await timers.advance(2000);
    expect(chip.flags).toBe(0x34);
    expect(heard.edges.map((edge) => edge.at)).toEqual([
      { seconds: kernel.boot + 1, nanos: 499_999_000 },
      { seconds: kernel.boot, nanos: 599_999_000 },
    ]);
    expect(heard.edges[0]?.timescale).toBe('monotonic');
    expect(heard.lastState?.device).toContain('monotonic clock');
  });

  it.each([
    ['missing', (w: World) => w.kernel.paths.clear(), /\/dev\/gpiochip0 does not exist/],
    ['not permitted', (w: World) => w.kernel.paths.set('/dev/gpiochip0', () => -EACCES), /group gpio/],
    ['taken', (w: World) => Object.assign(w.chip, { consumer: 'pps@12' }), /line 18 .*in use by "pps@12"/],
    [
      'taken in silence',
      (w: World) => Object.assign(w.chip, { consumer: '' }),
      /in use by "another program"/,
    ],
    [
      'not v2',
      (w: World) => w.kernel.paths.set('/dev/gpiochip0', () => ({ ioctl: () => -25 })),
      /Linux 5.10/,
    ],
  ])('says what to do when it is %s, and leaves nothing open', async (_name, spoil, reason) => {
    const w = world();
    spoil(w);
    w.driver.open(w.heard);
    await w.timers.advance(5000);
    expect(w.heard.lastState?.state).toBe('failed');
    expect(w.heard.lastState?.reason).toMatch(reason);
    expect(w.kernel.openFiles).toBe(0);
  });

  it('names the lines that there are', async () => {
    const { timers, driver, heard } = world('rising', 60);
    driver.open(heard);
    await timers.advance(0);
    expect(heard.lastState?.reason).toContain('lines 0 to 53 only');
  });

  it('comes back after the chip vanished, or the line was released', async () => {
    const { timers, kernel, chip, driver, heard } = world();
    driver.open(heard);
    await timers.advance(300);
    chip.gone = true;
    await timers.advance(1000);
    expect(heard.lastState?.reason).toMatch(/went away|does not exist/);
    Object.assign(chip, { gone: false, consumer: 'gpsd' });
    await timers.advance(10_000);
    expect(heard.lastState?.reason).toContain('"gpsd"');
    chip.consumer = undefined;
    await timers.advance(10_000);
    expect(heard.lastState).toMatchObject({ state: 'open', reason: '' });
    await driver.close();
    expect(kernel.openFiles).toBe(0);
  });
});

describe('the chip with the header’s pins', () => {
  it('is the one that names the pin, else a pin controller, else the first', () => {
    const kernel = new FakeKernel(new VirtualTimers());
    const chips = [0, 1, 2].map((index) => {
      const chip = new FakeGpioChip(kernel);
      chip.label = 'brcmvirt-gpio';
      kernel.paths.set(`/dev/gpiochip${index}`, () => chip.open());
      return chip;
    });
    expect(findHeaderChip(kernel, 18)).toBe('/dev/gpiochip0');
    Object.assign(chips[1] as FakeGpioChip, { label: 'pinctrl-rp1' });
    expect(findHeaderChip(kernel, 18)).toBe('/dev/gpiochip1');
    Object.assign(chips[2] as FakeGpioChip, { lineName: 'GPIO18' });
    expect(findHeaderChip(kernel, 18)).toBe('/dev/gpiochip2');
    expect(kernel.openFiles).toBe(0);
  });
});
