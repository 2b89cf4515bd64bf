/**
 * A responder that answers to nobody: it runs the code that counts until the engine has compiled it.
 */
import type { DatagramServer } from '../../hw/ports.ts';
import { createBuckets } from '../access/buckets.ts';
import { serveEveryone } from '../access/policy.ts';
import { ClockBlockWriter, createClockBlock, unsynchronisedBlock } from '../clock/clock-block.ts';
import { createMapping } from '../time/clock-mapping.ts';
import { createClientTable } from './clients/client-table.ts';
import { createControlBlock } from './control/control-block.ts';
import { CounterRegion, createCounters } from './counters.ts';
import { createInterleave } from './interleave.ts';
import { Responder } from './responder.ts';

const ENTRIES = 64;

/** On a clock of its own that is synchronised for a minute, and so takes the path of a real answer. */
export function practiceResponder(server: DatagramServer): Responder {
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
      buckets: createBuckets(ENTRIES),
      clients: createClientTable(ENTRIES),
      interleave: createInterleave(ENTRIES),
      control: createControlBlock(),
    },
    settings: { policy: serveEveryone(), keys: [] },
  });
}
