import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { linuxLoadMeter } from '../../../hw/linux/load-meter.ts';
import { realTimers } from '../../../hw/linux/real-timers.ts';
import { linuxThermometer } from '../../../hw/linux/thermometer.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'timeball-board-'));
  folders.push(path);
  return path;
}

describe('thermometer', () => {
  function zones(all: Record<string, { type: string; temp: string }>): string {
    const root = folder();
    for (const [name, files] of Object.entries(all)) {
      mkdirSync(join(root, name));
      writeFileSync(join(root, name, 'type'), `${files.type}\n`);
      writeFileSync(join(root, name, 'temp'), files.temp);
    }
    return root;
  }

  it('reads the CPU’s zone', () => {
    const board = { type: 'acpitz', temp: '20000\n' };
    const cpu = { type: 'cpu-thermal', temp: '48312\n' };
    const sensor = linuxThermometer(
      zones({ thermal_zone0: board, thermal_zone10: cpu, cooling_device0: cpu }),
    );
    expect(sensor.read()).toBe(48.312);
    expect(sensor.name).toBe('cpu-thermal (thermal_zone10)');
  });

  it('takes the first zone that gives a plausible reading', () => {
    const root = zones({
      thermal_zone0: { type: 'wifi', temp: '-274000' },
      thermal_zone2: { type: 'board', temp: '-5500' },
      thermal_zone10: { type: 'other', temp: '1000' },
    });
    expect(linuxThermometer(root).read()).toBe(-5.5);
  });

  it('has nothing to say without a sensor, or when it goes', () => {
    expect(linuxThermometer('/nowhere').read()).toBeUndefined();
    const root = zones({ thermal_zone0: { type: 'cpu', temp: '40000' } });
    const sensor = linuxThermometer(root);
    writeFileSync(join(root, 'thermal_zone0/temp'), 'garbage');
    expect(sensor.read()).toBeUndefined();
  });
});

describe('load meter', () => {
  it('is the busy share since the last read', () => {
    const path = join(folder(), 'stat');
    const stat = (line: string) => writeFileSync(path, `${line}\ncpu0 1 1 1 1\n`);
    const meter = linuxLoadMeter(path);
    stat('cpu  100 0 100 800 0 0 0 0 50 0');
    expect(meter.read()).toBeUndefined();
    stat('cpu  150 0 110 820 20 0 0 0 90 0');
    expect(meter.read()).toBeCloseTo(0.6, 9);
    expect(meter.read()).toBeUndefined(); // no tick has passed
    stat('cpu  150 0 110 920 20 0 0 0 90 0');
    expect(meter.read()).toBe(0);
  });

  it('has nothing to say without the file, or with another format', () => {
    const path = join(folder(), 'stat');
    expect(linuxLoadMeter(path).read()).toBeUndefined();
    writeFileSync(path, 'cpu x y z\n');
    const meter = linuxLoadMeter(path);
    expect([meter.read(), meter.read()]).toEqual([undefined, undefined]);
  });

  it('reads this machine', () => {
    const meter = linuxLoadMeter();
    expect(meter.read()).toBeUndefined();
    for (let i = 0; i < 100; i++) {
      const load = meter.read();
      if (load !== undefined) expect(load >= 0 && load <= 1).toBe(true);
    }
  });
});

describe('real timers', () => {
  it('run, repeat and cancel', async () => {
    const timers = realTimers();
    const began = timers.monotonic();
    const keepAlive = setInterval(() => {}, 1000);
    const ran: string[] = [];
    const cancelled = timers.after(1, () => ran.push('cancelled'));
    cancelled();
    await new Promise<void>((resolve) => {
      timers.after(2, () => ran.push('once'));
      const stop = timers.every(5, () => {
        ran.push('every');
        if (ran.filter((what) => what === 'every').length === 2) {
          stop();
          resolve();
        }
      });
    });
    clearInterval(keepAlive);
    expect(ran).toEqual(['once', 'every', 'every']);
    expect(timers.monotonic() - began).toBeGreaterThan(0.008);
  });
});
