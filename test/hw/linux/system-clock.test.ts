/** Never adjusts the clock of the machine that runs it: every call that would goes to a scripted kernel. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maySetClock } from '../../../hw/linux/clock-privilege.ts';
import { type ClockCalls, systemClock } from '../../../hw/linux/system-clock.ts';
import { MappingReader } from '../../../src/time/clock-mapping.ts';

function fake(options: { obstacle?: string; result?: number } = {}) {
  const adjusted: Uint8Array[] = [];
  let reading = 0;
  const calls: ClockCalls = {
    readClock(_clock, stamp) {
      reading += 250;
      stamp[0] = 1_800_000_000;
      stamp[1] = reading;
    },
    adjust(clock, timex) {
      expect([clock, timex.length]).toEqual([0, 208]);
      adjusted.push(Uint8Array.from(timex));
      return options.result ?? 0;
    },
    obstacle: options.obstacle ?? '',
  };
  return { calls, adjusted };
}

/** All 8-byte words of a struct timex that are not zero, by offset; literal offsets of linux/timex.h. */
function words(bytes: Uint8Array | undefined): Record<number, bigint> {
  if (!bytes) throw new Error('the clock was not adjusted');
  const view = new DataView(bytes.buffer);
  const found: Record<number, bigint> = {};
  for (let at = 0; at < bytes.length; at += 8) {
    const word = view.getBigInt64(at, true);
    if (word !== 0n) found[at] = word;
  }
  return found;
}

describe('steering', () => {
  it.each([
    [1000, 65_536n],
    [-1000, -65_536n],
    [12.5, 819n],
    [500_000, 32_768_000n],
    [9e9, 32_768_000n],
    [-9e9, -32_768_000n],
  ])('sets a rate of %d ppb as scaled ppm', (rate, scaled) => {
    const { calls, adjusted } = fake();
    systemClock({ steer: true, calls }).setRate(rate);
    expect(words(adjusted[0])).toEqual({ 0: 0x2n, 16: scaled });
  });

  it.each([
    [1_500_000_000, 1n, 500_000_000n],
    [-300_000_000, -1n, 700_000_000n],
    [-2_000_000_000, -2n, 0n],
    [42, 0n, 42n],
  ])('steps by %d ns with a fraction that is never negative', (delta, seconds, nanos) => {
    const { calls, adjusted } = fake();
    systemClock({ steer: true, calls }).step(delta);
    const expected = { 0: 0x2100n, 72: seconds, 80: nanos };
    expect(words(adjusted[0])).toEqual(
      Object.fromEntries(Object.entries(expected).filter(([, v]) => v !== 0n)),
    );
  });

  it('tells the kernel the bound and TAI − UTC', () => {
    const { calls, adjusted } = fake();
    systemClock({ steer: true, calls }).setSynchronised(1_234_567, 37);
    expect(words(adjusted[0])).toEqual({ 0: 0x209cn, 24: 1235n, 32: 1235n, 48: 37n });
  });

  it('tells the kernel that the clock is not synchronised, and leaves TAI − UTC', () => {
    const { calls, adjusted } = fake();
    systemClock({ steer: true, calls }).setSynchronised(undefined, 37);
    expect(words(adjusted[0])).toEqual({ 0: 0x201cn, 24: 16_000_000n, 32: 16_000_000n, 40: 0x40n });
  });

  it('does nothing with a rate or a step that is no number', () => {
    const { calls, adjusted } = fake();
    const clock = systemClock({ steer: true, calls });
    clock.setRate(Number.NaN);
    clock.step(Number.POSITIVE_INFINITY);
    expect(adjusted).toHaveLength(0);
  });

  it.each([
    ['switched off', { steer: false, obstacle: '' }, /switched off/],
    ['not permitted', { steer: true, obstacle: 'grant CAP_SYS_TIME' }, /CAP_SYS_TIME/],
  ])('does nothing when %s, and says so', (_name, { steer, obstacle }, reason) => {
    const { calls, adjusted } = fake({ obstacle });
    const clock = systemClock({ steer, calls });
    clock.setRate(100);
    clock.step(100);
    clock.setSynchronised(100, 37);
    expect(adjusted).toHaveLength(0);
    expect(clock.capabilities).toMatchObject({
      steer: false,
      maxRate: 0,
      reason: expect.stringMatching(reason),
    });
  });

  it('stops when the kernel refuses', () => {
    const { calls, adjusted } = fake({ result: -1 });
    const clock = systemClock({ steer: true, calls });
    expect(clock.capabilities).toEqual({ steer: true, reason: '', maxRate: 500_000, resolution: 250 });
    clock.setRate(100);
    clock.setRate(100);
    expect(adjusted).toHaveLength(1);
    expect(clock.capabilities.reason).toMatch(/refused .*EPERM/);
  });
});

describe('reading', () => {
  const clock = systemClock({ steer: false });

  it('reads the machine’s clock', () => {
    const before = Date.now();
    const { seconds, nanos } = clock.now();
    const after = Date.now();
    expect(seconds * 1000 + nanos / 1e6).toBeGreaterThanOrEqual(before - 1);
    expect(seconds * 1000 + nanos / 1e6).toBeLessThanOrEqual(after + 1);
    expect(Number.isInteger(seconds) && nanos >= 0 && nanos < 1e9).toBe(true);
  });

  it('resolves better than 10 µs and maps kernel stamps to themselves', () => {
    expect(clock.capabilities.resolution).toBeLessThan(10_000);
    const mapping = new MappingReader(clock.mapping);
    mapping.refresh();
    expect(mapping.toLocal(1_800_000_000, 5)).toEqual({ seconds: 1_800_000_000, nanos: 5 });
  });
});

describe('the privilege', () => {
  it.each([
    ['CapEff:\t0000000002000000\n', true],
    ['CapEff:\t000001ffffffffff\n', true],
    ['CapEff:\t000001fffdffffff\n', false],
    ['CapPrm:\t0000000002000000\n', false],
  ])('%j', (line, may) => {
    const folder = mkdtempSync(join(tmpdir(), 'timeball-status-'));
    writeFileSync(join(folder, 'status'), `Name:\tnode\n${line}Seccomp:\t0\n`);
    expect(maySetClock(join(folder, 'status'))).toBe(may);
    rmSync(folder, { recursive: true });
  });

  it('is not had where it can’t be told', () => {
    expect(maySetClock('/nowhere')).toBe(false);
  });
});
