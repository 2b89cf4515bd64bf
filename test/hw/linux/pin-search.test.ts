import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { kernelStampedSources } from '../../../hw/linux/pps-auto.ts';
import { PpsDriver } from '../../../hw/linux/pps-driver.ts';
import type { PpsSettings } from '../../../hw/linux/pps-source.ts';
import { FakeKernel } from './fake-kernel.ts';
import { FakePins } from './fake-pins.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function memory(): string {
  const folder = mkdtempSync(join(tmpdir(), 'timeball-pin-'));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state/found-pps.json');
}

function world(settings: Partial<PpsSettings> = {}, lines = 54) {
  const timers = new VirtualTimers();
  const kernel = new FakeKernel(timers);
  const pins = new FakePins(kernel, lines);
  kernel.paths.set('/dev/gpiochip0', () => pins.open());
  const wanted: PpsSettings = { device: '/dev/gpiochip0', line: 'auto', edge: 'rising', ...settings };
  const sources = () => kernelStampedSources(wanted, kernel);
  const driver = new PpsDriver({ device: wanted.device, timers, sources });
  const heard = new Recorder();
  return { timers, kernel, pins, driver, heard };
}

describe('the PPS pin is found', () => {
  it('among the header’s free pins, which stay inputs as they are', async () => {
    const { timers, pins, driver, heard } = world();
    pins.pulse(4, { count: 8 });
    driver.open(heard);
    await timers.advance(1000);
    expect(heard.lastState?.state).toBe('opening');
    expect(heard.lastState?.reason).toMatch(/^looking for a pulse each second on GPIO 18, 4, 17, /);
    // Inputs, both edges, no bias, the clock that is never stepped.
    expect(pins.granted).toEqual([{ lines: expect.any(Array), flags: 0x34, consumer: 'timeball-search' }]);
    for (const taken of [0, 1, 2, 3, 7, 8, 9, 10, 11, 14, 15]) expect(pins.held).not.toContain(taken);
    await timers.advance(4000);
    expect(heard.lastState).toEqual({
      state: 'open',
      device: 'GPIO line 4 of /dev/gpiochip0 (PPS found on GPIO 4, rising, pulse 100 ms)',
      reason: '',
    });
    expect(pins.held).toEqual([4]);
    await timers.advance(3500);
    expect(heard.edges.slice(-2).map(({ polarity }) => polarity)).toEqual(['assert', 'clear']);
    await driver.close();
    expect(pins.held).toEqual([]);
  });

  it.each([
    ['a short pulse', { width: 0.00001 }, 'rising, pulse 10 µs', 0x834],
    ['a long one', { width: 0.4 }, 'rising, pulse 400 ms', 0x834],
    ['one of half a second', { width: 0.5 }, 'rising, pulse 500 ms', 0x834],
    ['one that is upside down', { width: 0.2, inverted: true }, 'falling, pulse 200 ms', 0x836],
    ['a crystal 400 ppm off', { period: 1.0004 }, 'rising, pulse 100 ms', 0x834],
  ])('%s: the edge that leads', async (_, signal, text, flags) => {
    const { timers, pins, driver, heard } = world();
    pins.pulse(22, { count: 6, ...signal });
    driver.open(heard);
    await timers.advance(6000);
    expect(heard.lastState?.device).toContain(`PPS found on GPIO 22, ${text}`);
    expect(pins.granted.at(-1)).toEqual({ lines: [22], flags, consumer: 'timeball-pps' });
  });

  it('leaves a half-second pulse to the setting', async () => {
    const { timers, pins, driver, heard } = world({ edge: 'falling' });
    pins.pulse(18, { count: 6, width: 0.5 });
    driver.open(heard);
    await timers.advance(6000);
    expect(heard.lastState?.device).toContain('GPIO 18, falling, pulse 500 ms');
  });

  it('also with interrupts that are served late, over some seconds more', async () => {
    const { timers, pins, driver, heard } = world();
    const lateness = [0.004, 0.0005, 0.006, 0.0001, 0.003, 0.0004, 0.0021, 0.0003];
    pins.pulse(18, { count: 8, late: (i) => lateness[i] ?? 0 });
    driver.open(heard);
    await timers.advance(2900);
    expect(heard.lastState?.state).toBe('opening');
    await timers.advance(7000);
    expect(heard.lastState?.device).toContain('PPS found on GPIO 18, rising');
  });

  it.each([
    ['two a second', { period: 0.5, count: 40, width: 0.1 }],
    ['one in 1.001 s', { period: 1.001, count: 20 }],
    ['one in two seconds', { period: 2, count: 10 }],
    ['two pulses alone', { count: 2 }],
  ])('but not on a pin with %s', async (_, signal) => {
    const { timers, pins, driver, heard } = world();
    pins.pulse(18, signal);
    driver.open(heard);
    await timers.advance(21_000);
    expect(heard.states.map(({ state }) => state)).toEqual(['opening', 'opening']);
  });

  it('and not on the neighbour that only picks it up', async () => {
    const { timers, pins, driver, heard } = world();
    pins.pulse(18, { count: 6, width: 0.000_02 });
    pins.pulse(23, { count: 6, width: 0.1 });
    driver.open(heard);
    await timers.advance(6000);
    expect(heard.lastState?.device).toContain('PPS found on GPIO 23');
  });
});

describe('pins that others have', () => {
  it('are left alone, and named', async () => {
    const { timers, pins, driver, heard } = world();
    pins.pins.set(4, { consumer: 'w1' });
    pins.pins.set(17, { output: true });
    pins.pins.set(27, { mute: true });
    pins.pulse(18, { from: 5000, count: 5 });
    driver.open(heard);
    await timers.advance(300);
    expect(heard.lastState?.reason).toContain('; GPIO 4 is in use by "w1"; GPIO 17 is an output');
    for (const line of [4, 17, 27]) expect(pins.held).not.toContain(line);
    expect(pins.held).toContain(18);
    await timers.advance(9000);
    expect(heard.lastState?.state).toBe('open');
  });

  it('all of them: says so and tries again', async () => {
    const { timers, pins, driver, heard } = world();
    for (let line = 0; line < 54; line++) pins.pins.set(line, { consumer: 'spi' });
    driver.open(heard);
    await timers.advance(1000);
    expect(heard.lastState?.reason).toMatch(
      /no pin of \/dev\/gpiochip0 is free .*in use by "spi".*set pps.line/,
    );
    pins.pins.clear();
    pins.pulse(18, { from: 12_000, count: 6 });
    await timers.advance(20_000);
    expect(heard.lastState?.state).toBe('open');
  });

  it('goes by the board’s names of its lines, on a chip with few of them', async () => {
    const { timers, pins, driver, heard } = world({}, 8);
    pins.pins.set(3, { name: 'GPIO18' });
    pins.pulse(3, { count: 5 });
    driver.open(heard);
    await timers.advance(5000);
    expect(heard.lastState?.device).toContain('GPIO line 3 of /dev/gpiochip0 (PPS found on GPIO 18, rising');
  });

  it('a pin that flutters is left out for ten minutes, and does not hide the pulse', async () => {
    const { timers, kernel, pins, driver, heard } = world();
    for (let i = 0; i < 3000; i++) kernel.at(100 + i, () => pins.edge(26, (i % 2) as 0 | 1));
    driver.open(heard);
    await timers.advance(2000);
    expect(heard.lastState?.reason).toContain('; GPIO 26 flutters');
    expect(pins.held).not.toContain(26);
    await timers.advance(600_000);
    expect(pins.held).toContain(26);
    const from = timers.now + 500;
    pins.pulse(5, { from, count: 6 });
    for (let i = 0; i < 3000; i++) kernel.at(from + 10 + i, () => pins.edge(26, (i % 2) as 0 | 1));
    await timers.advance(7000);
    expect(heard.lastState?.device).toContain('PPS found on GPIO 5');
  });

  it('a chip that goes away is looked for again', async () => {
    const { timers, kernel, pins, driver, heard } = world();
    driver.open(heard);
    await timers.advance(1000);
    pins.gone = true;
    await timers.advance(1000);
    expect(heard.lastState?.reason).toMatch(/went away|does not exist/);
    pins.gone = false;
    pins.pulse(18, { from: 13_000, count: 5 });
    await timers.advance(18_000);
    expect(heard.lastState?.state).toBe('open');
    await driver.close();
    expect(kernel.openFiles).toBe(0);
  });
});

describe('the pin of the last start', () => {
  it('is taken at once, and no other pin is touched', async () => {
    const path = memory();
    const first = world({ memory: path });
    first.pins.pulse(22, { count: 5, inverted: true });
    first.driver.open(first.heard);
    await first.timers.advance(5000);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ line: 22, edge: 'falling' });
    const written = statSync(path).mtimeMs;
    const { timers, pins, driver, heard } = world({ memory: path });
    pins.pulse(22, { count: 3, inverted: true });
    driver.open(heard);
    await timers.advance(1000);
    expect(heard.lastState).toEqual({
      state: 'open',
      device: 'GPIO line 22 of /dev/gpiochip0 (PPS found here at an earlier start, falling)',
      reason: '',
    });
    expect(heard.edges.map(({ polarity }) => polarity)).toContain('clear');
    expect(pins.granted.map(({ lines }) => lines)).toEqual([[22]]);
    expect(statSync(path).mtimeMs).toBe(written);
  });

  it('silent from the start on, all are looked at, itself included', async () => {
    const path = memory();
    const { timers, pins, driver, heard } = world({ memory: path });
    writeFileSync(join(tmpdirOf(path), 'found-pps.json'), '{"line":22,"edge":"rising"}');
    driver.open(heard);
    await timers.advance(14_000);
    expect(pins.held).toEqual([22]);
    pins.pulse(18, { from: 20_000, count: 5 });
    await timers.advance(11_000);
    expect(heard.lastState?.device).toContain('PPS found on GPIO 18');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ line: 18, edge: 'rising' });
  });

  it('once it has pulsed, is held through ten minutes of silence, then found anew', async () => {
    const { timers, pins, driver, heard } = world();
    pins.pulse(18, { count: 5 });
    driver.open(heard);
    await timers.advance(6000);
    expect(pins.held).toEqual([18]);
    await timers.advance(598_000);
    expect(pins.held).toEqual([18]);
    expect(heard.lastState?.state).toBe('open');
    await timers.advance(3000);
    expect(heard.lastState?.state).toBe('opening');
    expect(pins.held.length).toBeGreaterThan(10);
    pins.pulse(18, { from: timers.now + 300, count: 5 });
    await timers.advance(5000);
    expect(heard.lastState?.state).toBe('open');
  });

  it.each([
    '',
    '{"line":"x","edge":"rising"}',
    '{"line":4000,"edge":"rising"}',
    '{"line":4}',
    '[1]',
    'x'.repeat(5000),
  ])('damaged (%#) is forgotten', async (text) => {
    const path = memory();
    writeFileSync(join(tmpdirOf(path), 'found-pps.json'), text);
    const { timers, pins, driver, heard } = world({ memory: path });
    driver.open(heard);
    await timers.advance(300);
    expect(pins.held.length).toBeGreaterThan(10);
  });

  it('taken by another program now, is looked for among the rest', async () => {
    const path = memory();
    writeFileSync(join(tmpdirOf(path), 'found-pps.json'), '{"line":4,"edge":"rising"}');
    const { timers, pins, driver, heard } = world({ memory: path });
    pins.pins.set(4, { consumer: 'w1' });
    pins.pulse(18, { count: 5 });
    driver.open(heard);
    await timers.advance(5000);
    expect(heard.lastState?.device).toContain('PPS found on GPIO 18');
  });

  it('that can’t be kept is used all the same', async () => {
    const { timers, pins, driver, heard } = world({ memory: '/proc/nowhere/found.json' });
    pins.pulse(18, { count: 5 });
    driver.open(heard);
    await timers.advance(5000);
    expect(heard.lastState?.state).toBe('open');
    expect(existsSync('/proc/nowhere')).toBe(false);
  });
});

function tmpdirOf(path: string): string {
  const folder = join(path, '..');
  mkdirSync(folder, { recursive: true });
  return folder;
}
