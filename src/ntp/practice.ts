/**
 * A responder that answers to nobody: it runs the code that counts until the engine has compiled it.
 */
import type { DatagramServer } from '../../hw/ports.ts';
import { createBuckets } from '../access/buckets.ts';
import { compilePolicy, type PolicyTable } from '../access/policy.ts';
import { ClockBlockWriter, createClockBlock, unsynchronisedBlock } from '../clock/clock-block.ts';
import { createMapping } from '../time/clock-mapping.ts';
import { createClientTable } from './clients/client-table.ts';
import { createControlBlock } from './control/control-block.ts';
import { CounterRegion, createCounters } from './counters.ts';
import { createInterleave } from './interleave.ts';
import { Responder } from './responder.ts';

const ENTRIES = 64;
/** Never reached, yet kept count of, as is usual. */
const LIMIT = { interval: 0.001, burst: 1_000_000_000, leak: 0 };

export interface PracticeOptions {
  /** Who is served, as in a rule. */
  readonly prefixes?: readonly string[];
  /** Clients that the tables have room for. */
  readonly entries?: number;
}

/** On a clock of its own that is synchronised for a minute, and so takes the path of a real answer. */
export function practiceResponder(
  server: DatagramServer,
  { prefixes = ['any'], entries = ENTRIES }: PracticeOptions = {},
): Responder {
  const clockBlock = createClockBlock();
  const now = Math.floor(Date.now() / 1000);
  const block = { ...unsynchronisedBlock(), stratum: 1, rate: 1, anchorSeconds: now, taiSeconds: now };
  new ClockBlockWriter(clockBlock).write({ ...block, boundLimit: 1, validUntil: now + 60 });
  return new Responder({
    server,
    clockBlock,
    mapping: createMapping(),
    counters: new CounterRegion(createCounters(1), 0),
    tables: {
      buckets: createBuckets(entries),
      clients: createClientTable(entries),
      interleave: createInterleave(entries),
      control: createControlBlock(),
    },
    settings: { policy: limited(prefixes), keys: [] },
  });
}

function limited(prefixes: readonly string[]): PolicyTable {
  const rules = prefixes.map((prefix) => ({ prefix, action: 'serve' as const }));
  return compilePolicy({ rules, rateLimit: LIMIT }, []).table;
}
