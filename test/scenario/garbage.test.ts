/** Whatever comes over the serial line: no crash, no wrong second, memory bounded. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { parseLog, recordedStart } from '../../hw/sim/replay.ts';
import { instant } from '../../src/time/instant.ts';
import { shippedTable } from '../../src/time/load-leap-table.ts';
import { formatUtc } from '../../src/time/utc.ts';
import { Scenario } from './scenario.ts';

const START = '2026-12-05T11:00:00Z';
const LOGS = resolve(import.meta.dirname, '../../../shared/receivers');
const MEGABYTE = 1_048_576;

function randomBytes(random: Random, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = random.next() * 256;
  return bytes;
}

describe('random bytes', () => {
  test('100 MB beside a receiver that goes on: memory stays flat, the time stays right', () => {
    const scenario = new Scenario({ start: START });
    scenario.until(() => scenario.state === 'locked', 20);
    const random = new Random(4);
    // Random over the whole byte, over printable characters, and over what sentences are made of.
    const noise = randomBytes(random, MEGABYTE);
    const text = noise.map((byte) => 0x20 + (byte % 0x5f));
    const alphabet = Buffer.from('$GPRMC,0123456789.*AV\r\n', 'latin1');
    const nmea = noise.map((byte) => alphabet[byte % alphabet.length] as number);
    const parts = [noise, text, nmea, noise];
    const before = memory();
    let peak = 0;
    for (let i = 0; i < 100; i++) {
      scenario.run(1);
      const at = scenario.world.clock.now();
      const bytes = parts[i % parts.length] as Uint8Array;
      for (let from = 0; from < bytes.length; from += 4096)
        scenario.keeper.bytes({ bytes: bytes.subarray(from, from + 4096), at });
      peak = Math.max(peak, memory());
    }
    console.log(`100 MB of garbage: heap grew by at most ${((peak - before) / MEGABYTE).toFixed(1)} MB`);
    expect(peak - before).toBeLessThan(96 * MEGABYTE);
    scenario.run(60);
    expect(scenario.tally.worst).toBe('');
    expect(Object.keys(scenario.keeper.sentences).length).toBeLessThanOrEqual(65);
    expect(scenario.state).toBe('locked');
  }, 120_000);

  test('alone with edges: never a label', () => {
    const scenario = new Scenario({ start: START });
    scenario.world.faults.setFault('receiverRestart', 3600);
    const random = new Random(5);
    for (let i = 0; i < 300; i++) {
      scenario.run(1);
      const at = scenario.world.clock.now();
      scenario.keeper.bytes({ bytes: randomBytes(random, 2000), at });
      scenario.keeper.edge({
        at: instant(at.seconds),
        sequence: i,
        polarity: 'assert',
        stampedBy: 'kernel',
        timescale: 'realtime',
      });
    }
    expect(scenario.keeper.reference.labelledCount).toBe(0);
    expect(scenario.tally.synchronised).toBe(0);
  });
});

describe.skipIf(!existsSync(LOGS))(
  'logs with bytes flipped, cut and doubled (skipped where ../shared/receivers is absent)',
  () => {
    const logs = existsSync(LOGS) ? readdirSync(LOGS).filter((name) => name.endsWith('.log')) : [];

    test.each(logs)('%s on the line of an appliance that keeps time: nothing of it is believed', (name) => {
      const scenario = new Scenario({ start: START });
      scenario.until(() => scenario.state === 'locked', 20);
      const log = readFileSync(join(LOGS, name));
      const random = new Random(6);
      for (let round = 0; round < 3; round++) {
        const bytes = mangle(log, random, [0.0005, 0.005, 0.05][round] as number);
        for (let from = 0; from < bytes.length; from += 400) {
          scenario.run(0.1);
          scenario.keeper.bytes({ bytes: bytes.subarray(from, from + 400), at: scenario.world.clock.now() });
        }
      }
      expect(scenario.tally.worst).toBe('');
      expect(scenario.tally.asked).toBeGreaterThan(1);
    });
  },
);

describe.skipIf(!existsSync(LOGS))(
  'the same alone, from a cold start (skipped where ../shared/receivers is absent)',
  () => {
    const logs = existsSync(LOGS) ? readdirSync(LOGS).filter((name) => name.endsWith('.log')) : [];
    const { table } = shippedTable();

    test.each(logs)('%s: whatever is served is the right second', (name) => {
      const clean = parseLog(readFileSync(join(LOGS, name)));
      const first = table.toUtc(recordedStart(clean, table) ?? instant(0));
      const start = formatUtc({ ...first, nanos: 0 });
      const span = (clean.at(-1)?.elapsed ?? 0) / 1e9;
      for (const chance of [0, 0.0005, 0.002, 0.01, 0.05]) {
        const random = new Random(7);
        const epochs = clean.map((epoch) => ({ ...epoch, bytes: mangle(epoch.bytes, random, chance) }));
        const scenario = new Scenario({ start, world: { log: { epochs, rebase: false, loop: false } } });
        scenario.run(span + 10);
        expect(scenario.tally.worst).toBe('');
        expect(scenario.tally.asked).toBeGreaterThan(5);
      }
    });
  },
);

/** Each byte flipped, lost or doubled with the given chance. */
function mangle(log: Uint8Array, random: Random, chance: number): Uint8Array {
  const out: number[] = [];
  for (const byte of log) {
    const kind = random.chance(chance) ? Math.floor(random.uniform(0, 3)) : -1;
    if (kind === 1) continue;
    out.push(kind === 0 ? byte ^ (1 << Math.floor(random.uniform(0, 8))) : byte);
    if (kind === 2) out.push(byte);
  }
  return Uint8Array.from(out);
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
