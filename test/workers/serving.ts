import { existsSync } from 'node:fs';
import {
  type ClockBlock,
  ClockBlockWriter,
  createClockBlock,
  unsynchronisedBlock,
} from '../../src/clock/clock-block.ts';
import { createServingTables, type ServingSettings, type ServingTables } from '../../src/ntp/service.ts';
import { createMapping } from '../../src/time/clock-mapping.ts';
import { serveEveryone } from '../support/serve-everyone.ts';

/** TAI − UTC of the blocks made here; the served UTC is then the machine's own. */
const OFFSET = 37;

/** A clock that serves the machine's time as stratum 1, refid GPS, ±1 µs, for an hour. */
export function synchronisedBlock(now = Math.floor(Date.now() / 1000)): ClockBlock {
  return {
    ...unsynchronisedBlock(),
    stratum: 1,
    refid: 0x4750_5300,
    precision: -24,
    anchorSeconds: now,
    taiSeconds: now + OFFSET,
    referenceSeconds: now + OFFSET - 1,
    bound: 1_000,
    boundLimit: 1e9,
    validUntil: now + 3_600,
    offsetBefore: OFFSET,
    offsetAfter: OFFSET,
  };
}

export interface Shared {
  readonly clockBlock: SharedArrayBuffer;
  readonly mapping: SharedArrayBuffer;
  readonly tables: ServingTables;
  readonly settings: ServingSettings;
}

/** What answer threads need: a clock, tables of their own, and rules by which everybody is served. */
export function sharedClock(block: ClockBlock = synchronisedBlock()): Shared {
  const clockBlock = createClockBlock();
  new ClockBlockWriter(clockBlock).write(block);
  const settings = { policy: serveEveryone(), keys: [] };
  return { clockBlock, mapping: createMapping(), tables: createServingTables(), settings };
}

/** A compiled worker: threads can't run TypeScript. */
export function compiled(path: string): URL {
  const url = new URL(`../../dist/${path}`, import.meta.url);
  // From dist itself (npm run bench) the same relative path leads to dist/dist: there the files lie beside us.
  if (existsSync(url)) return url;
  const beside = new URL(`../../${path}`, import.meta.url);
  if (existsSync(beside)) return beside;
  throw new Error(`${url.pathname} is missing: run "npm run build" first`);
}
