/** A virtual site with everything it says written down. */
import type { DeviceState, Edge } from '../../../hw/ports.ts';
import { VirtualTime } from '../../../hw/sim/virtual-time.ts';
import { createWorld, type World, type WorldOptions } from '../../../hw/sim/world.ts';
import { checksumOf } from '../../../src/nmea/checksum.ts';
import type { Instant } from '../../../src/time/instant.ts';
import { SHIPPED_LEAP_FILE } from '../../../src/time/leap-seconds.ts';
import { type LeapTable, parseLeapFile } from '../../../src/time/leap-table.ts';
import { parseUtc } from '../../../src/time/utc.ts';

export const LEAP_TABLE: LeapTable = (() => {
  const { table } = parseLeapFile(SHIPPED_LEAP_FILE) as { table?: LeapTable };
  if (!table) throw new Error('the shipped leap file does not parse');
  return table;
})();

export function tai(utc: string): Instant<'TAI'> {
  const reading = parseUtc(utc);
  if (!reading) throw new Error(`not a UTC time: ${utc}`);
  return LEAP_TABLE.toTai(reading);
}

export interface Lab {
  readonly time: VirtualTime;
  readonly world: World;
  /** All bytes so far, as latin1. */
  text(): string;
  /** When the first byte of each chunk came, by the local clock. */
  readonly stamps: Instant<'Local'>[];
  readonly edges: Edge[];
  /** True time when each edge was told. */
  readonly told: Instant<'TAI'>[];
  readonly states: DeviceState[];
  /** Forgets what was written down. */
  forget(): void;
}

export function openLab(start: string, options: Partial<WorldOptions> = {}): Lab {
  const time = new VirtualTime(tai(start));
  const world = createWorld({ seed: 7, truth: time, timers: time, leapTable: LEAP_TABLE, ...options });
  let chunks: string[] = [];
  const [stamps, edges, told, states] = [[], [], [], []] as [
    Instant<'Local'>[],
    Edge[],
    Instant<'TAI'>[],
    DeviceState[],
  ];
  world.serial.open({
    bytes: (chunk) => {
      chunks.push(Buffer.from(chunk.bytes).toString('latin1'));
      stamps.push(chunk.at);
    },
    state: (state) => states.push(state),
  });
  world.pps.open({
    edge: (edge) => {
      edges.push(edge);
      told.push(time.now());
    },
    state: (state) => states.push(state),
  });
  const forget = () => {
    chunks = [];
    for (const list of [stamps, edges, told]) list.length = 0;
  };
  return { time, world, text: () => chunks.join(''), stamps, edges, told, states, forget };
}

export interface Sentence {
  readonly type: string;
  readonly fields: readonly string[];
}

/** Whole sentences with a right checksum, as `{ type: 'GNRMC', fields }`. */
export function sentences(text: string): Sentence[] {
  return text.split('\r\n').flatMap((line) => {
    const match = /^\$([^*]*)\*([0-9A-F]{2})$/.exec(line);
    if (!match || checksumOf(match[1] ?? '') !== Number.parseInt(match[2] ?? '', 16)) return [];
    const [type = '', ...fields] = (match[1] ?? '').split(',');
    return [{ type, fields }];
  });
}

export function ofType(text: string, type: string): Sentence[] {
  return sentences(text).filter((sentence) => sentence.type.endsWith(type));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Overlap-free Allan deviation of frequencies one second apart, over `m` seconds. */
export function allanDeviation(frequencies: readonly number[], m: number): number {
  const averages: number[] = [];
  for (let i = 0; i + m <= frequencies.length; i += m) averages.push(mean(frequencies.slice(i, i + m)));
  const steps = averages.slice(1).map((value, i) => (value - (averages[i] as number)) ** 2);
  return Math.sqrt(mean(steps) / 2);
}
