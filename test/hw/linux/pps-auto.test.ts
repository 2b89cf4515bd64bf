import { describe, expect, it } from 'vitest';
import { kernelStampedSources } from '../../../hw/linux/pps-auto.ts';
import { PpsDriver } from '../../../hw/linux/pps-driver.ts';
import type { PpsSettings } from '../../../hw/linux/pps-source.ts';
import { FakeGpioChip, FakePps } from './fake-devices.ts';
import { EACCES, FakeKernel } from './fake-kernel.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

function world(device = 'auto') {
  const timers = new VirtualTimers();
  const kernel = new FakeKernel(timers);
  const settings: PpsSettings = { device, line: 18, edge: 'rising' };
  const driver = new PpsDriver({ device, timers, sources: () => kernelStampedSources(settings, kernel) });
  return { timers, kernel, driver, heard: new Recorder() };
}

describe('choosing a PPS device', () => {
  it('prefers kernel PPS over GPIO', async () => {
    const { timers, kernel, driver, heard } = world();
    kernel.paths.set('/dev/pps0', () => new FakePps(kernel).open());
    kernel.paths.set('/dev/gpiochip0', () => new FakeGpioChip(kernel).open());
    driver.open(heard);
    await timers.advance(100);
    expect(heard.lastState).toEqual({ state: 'open', device: 'kernel PPS /dev/pps0', reason: '' });
  });

  it('takes GPIO where there is no kernel PPS, and says why', async () => {
    const { timers, kernel, driver, heard } = world();
    kernel.paths.set('/dev/gpiochip4', () => new FakeGpioChip(kernel).open());
    driver.open(heard);
    await timers.advance(100);
    expect(heard.lastState?.state).toBe('open');
    expect(heard.lastState?.device).toMatch(
      /^GPIO line 18 of \/dev\/gpiochip4, as \/dev\/pps0 does not exist/,
    );
  });

  it('passes a network card’s clock over', async () => {
    const { timers, kernel, driver, heard } = world();
    for (const index of [0, 1]) kernel.paths.set(`/dev/pps${index}`, () => new FakePps(kernel).open());
    kernel.paths.set('/sys/class/pps/pps0/name', kernel.file('ptp0\n'));
    kernel.paths.set('/sys/class/pps/pps1/name', kernel.file('pps@12.-1\n'));
    driver.open(heard);
    await timers.advance(100);
    expect(heard.lastState?.device).toBe(
      'kernel PPS /dev/pps1, as /dev/pps0 is not a receiver\'s line but "ptp0"',
    );
  });

  it('reads sysfs where the device node may not be opened', async () => {
    const { timers, kernel, driver, heard } = world('/dev/pps0');
    let assert = '1799999999.000000009#41\n';
    kernel.paths.set('/dev/pps0', () => -EACCES);
    kernel.paths.set('/sys/class/pps/pps0/assert', () => kernel.file(assert)());
    kernel.paths.set('/sys/class/pps/pps0/clear', kernel.file(''));
    kernel.at(1000, () => {
      assert = '1800000001.000000123#42\n';
    });
    kernel.at(3000, () => {
      assert = '1800000003.000000007#44\n';
    });
    driver.open(heard);
    await timers.advance(3500);
    expect(
      heard.edges.map(({ at, sequence, polarity }) => [at.seconds, at.nanos, sequence, polarity]),
    ).toEqual([
      [1_800_000_001, 123, 42, 'assert'],
      [1_800_000_003, 7, 44, 'assert'],
    ]);
    expect(heard.lastState?.device).toMatch(
      /^kernel PPS \/sys\/class\/pps\/pps0 .*as no permission to open \/dev\/pps0/,
    );
    kernel.paths.delete('/sys/class/pps/pps0/assert');
    await timers.advance(300);
    expect(heard.lastState?.state).toBe('failed');
    expect(kernel.openFiles).toBe(0);
  });

  it('lists every reason when nothing works', async () => {
    const { timers, driver, heard } = world();
    driver.open(heard);
    await timers.advance(1000);
    expect(heard.lastState?.reason).toMatch(/\/dev\/pps0 does not exist.*; \/dev\/gpiochip0 does not exist/);
  });

  it('tries less and less often, down to every 10 s', async () => {
    const { timers, kernel, driver, heard } = world('/dev/pps0');
    const tries: number[] = [];
    kernel.paths.set('/dev/pps0', () => {
      tries.push(timers.now);
      return -EACCES;
    });
    driver.open(heard);
    await timers.advance(36_000);
    expect(tries).toEqual([0, 250, 750, 1750, 3750, 7750, 15_750, 25_750, 35_750]);
    await driver.close();
    await timers.advance(60_000);
    expect(tries).toHaveLength(9);
  });

  it('names a setting that is no PPS device', async () => {
    const { timers, driver, heard } = world('pps0');
    driver.open(heard);
    await timers.advance(0);
    expect(heard.lastState?.reason).toContain('see pps.device');
  });
});
