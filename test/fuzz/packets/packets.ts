/**
 * Datagrams of all kinds through the whole responder: rules, limits, keys, small tables, batches, signatures,
 * departure stamps; on a clock that jumps, in three decades.
 */

import { parseAddress } from '../../../src/access/address.ts';
import { createBuckets } from '../../../src/access/buckets.ts';
import { compilePolicy } from '../../../src/access/policy.ts';
import { ClockBlockWriter, createClockBlock } from '../../../src/clock/clock-block.ts';
import { createClientTable } from '../../../src/ntp/clients/client-table.ts';
import { ControlBlockWriter, createControlBlock } from '../../../src/ntp/control/control-block.ts';
import { CounterRegion, createCounters } from '../../../src/ntp/counters.ts';
import { createInterleave } from '../../../src/ntp/interleave.ts';
import { OUTCOME_NAMES, type OutcomeName } from '../../../src/ntp/outcomes.ts';
import { Responder } from '../../../src/ntp/responder.ts';
import { createMapping } from '../../../src/time/clock-mapping.ts';
import { LOCKED } from '../../ntp/control/query.ts';
import { goodBlock, NOW, OFFSET } from '../../ntp/exchange.ts';
import { SLOTS } from '../../support/datagram-slots.ts';
import { Dice } from '../dice.ts';
import { count, must, type Run, type Target } from '../target.ts';
import { check, type Exchanged } from './checks.ts';
import { DepartureWatch } from './departure-watch.ts';
import { KissWatch } from './kiss-watch.ts';
import { KEYS } from './macs.ts';
import { type Datagram, MemoryServer } from './memory-server.ts';
import { anyRequest, type LastAnswer, type Request } from './requests.ts';
import { anySource, clientName, LOCAL, RULES, type Source } from './sources.ts';

/** Today, and just before the seconds of NTP (2036) and of 32-bit POSIX time (2038) run over. */
const BEGINNINGS = [NOW, 2_085_978_490, 2_147_483_640];
const SMALL = 64;
const ROOMY = 4_096;
const MOST_CLIENTS = 500;
const ACCESS = { rules: [...RULES], rateLimit: { interval: 2, burst: 3, leak: 3 } };
const SETTINGS = { policy: compilePolicy(ACCESS, []).table, keys: KEYS };

/** Writes down the outcomes in the order in which they are counted. */
class OutcomeLog extends CounterRegion {
  readonly outcomes: OutcomeName[] = [];

  override add(place: number, times = 1): void {
    super.add(place, times);
    const name = OUTCOME_NAMES[place];
    for (let i = 0; name !== undefined && i < times; i++) this.outcomes.push(name);
  }
}

interface Asked {
  readonly source: Source;
  readonly request: Request;
}

class PacketRun implements Run {
  readonly tally = new Map<string, number>();
  readonly #dice: Dice;
  readonly #server: MemoryServer;
  readonly #log = new OutcomeLog(createCounters(1), 0);
  readonly #clock: ClockBlockWriter;
  readonly #responder: Responder;
  readonly #kisses: KissWatch;
  readonly #departures = new DepartureWatch();
  readonly #last = new Map<string, LastAnswer>();
  #foreign: LastAnswer | undefined;
  #batch: readonly Asked[] = [];

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    const small = this.#dice.oneIn(2);
    this.#kisses = new KissWatch(!small);
    this.#server = new MemoryServer(this.#dice.pick(BEGINNINGS), parseAddress(LOCAL) as Uint8Array);
    const clockBlock = createClockBlock();
    this.#clock = new ClockBlockWriter(clockBlock);
    this.#responder = new Responder({
      server: this.#server,
      clockBlock,
      mapping: createMapping(),
      counters: this.#log,
      tables: tablesOf(small ? SMALL : ROOMY),
      settings: SETTINGS,
    });
    this.#setClock();
  }

  input(): unknown {
    return this.#batch.map(({ source: { kind, address, port }, request: { claim, bytes } }) => ({
      ...{ kind, address: Buffer.from(address).toString('hex'), port, claim },
      packet: Buffer.from(bytes).toString('hex'),
    }));
  }

  step(): void {
    this.#pass();
    this.#batch = Array.from({ length: 1 + this.#dice.below(SLOTS) }, () => {
      const source = anySource(this.#dice);
      return { source, request: anyRequest(this.#dice, source, this.#lastOf(source)) };
    });
    this.#serve(this.#batch.map(({ source, request }) => ({ ...source, bytes: request.bytes })));
    must(this.#log.outcomes.length === this.#batch.length, 'not one outcome for each datagram');
    must(this.#server.isUntouchedElsewhere(), 'wrote beside an answer');
    for (const slot of this.#batch.keys()) this.#look(this.#exchanged(slot));
  }

  /** Its own last answer; at times that of somebody else, which it must not be able to go on from. */
  #lastOf({ address }: Source): LastAnswer | undefined {
    if (this.#dice.oneIn(10)) return this.#foreign;
    return this.#last.get(Buffer.from(address).toString('hex'));
  }

  /** Who is answered over the limit is left to chance, which the seed must repeat. */
  #serve(datagrams: readonly Datagram[]): void {
    this.#log.outcomes.length = 0;
    this.#server.arrive(datagrams);
    const { random } = Math;
    Math.random = () => this.#dice.uniform();
    try {
      this.#responder.serveBatch(0);
    } finally {
      Math.random = random;
    }
  }

  #exchanged(slot: number): Exchanged {
    const { source, request } = this.#batch[slot] as Asked;
    return {
      ...{ source, request },
      outcome: this.#log.outcomes[slot] as OutcomeName,
      answer: this.#server.datagram(slot),
      seconds: this.#server.receivedSeconds[slot] as number,
      nanos: this.#server.receivedNanos[slot] as number,
    };
  }

  #look(exchanged: Exchanged): void {
    const { source, outcome, answer, seconds, nanos } = exchanged;
    count(this.tally, outcome);
    check(exchanged);
    this.#departures.see(exchanged);
    if (outcome.startsWith('kiss'))
      this.#kisses.sent(clientName(source.address), seconds * 1e3 + nanos / 1e6);
    if (answer.length < 48 || outcome === 'control-answered') return;
    if (this.#last.size >= MOST_CLIENTS) this.#last.clear();
    const stamps = { receive: answer.subarray(32, 40), transmit: answer.subarray(40, 48) };
    this.#last.set(Buffer.from(source.address).toString('hex'), stamps);
    this.#foreign = stamps;
  }

  /** Mostly little, so that limits are met; at times a minute; seldom the clock is set. */
  #pass(): void {
    const dice = this.#dice;
    this.#server.pass(dice.uniform(0, 4e6));
    if (dice.oneIn(300)) this.#server.pass(dice.uniform(0, 100e9));
    if (dice.oneIn(2_000)) {
      this.#server.pass(dice.uniform(-1e12, 1e12));
      this.#kisses.forget();
    }
    if (dice.oneIn(100)) this.#setClock();
    if (dice.oneIn(500)) this.#responder.apply(SETTINGS);
    this.#server.stamps = !dice.oneIn(4);
  }

  #setClock(): void {
    const { seconds } = this.#server;
    this.#clock.write(
      goodBlock({
        stratum: this.#dice.oneIn(6) ? 16 : 1,
        bound: this.#dice.pick([0, 100, 5e5]),
        anchorSeconds: seconds,
        taiSeconds: seconds + OFFSET,
        referenceSeconds: seconds + OFFSET - this.#dice.below(3),
        validUntil: seconds + 1e9,
      }),
    );
  }
}

function tablesOf(capacity: number) {
  const control = createControlBlock();
  new ControlBlockWriter(control).write(LOCKED);
  return {
    buckets: createBuckets(capacity),
    clients: createClientTable(capacity),
    interleave: createInterleave(capacity),
    control,
  };
}

export const packets: Target = {
  name: 'packets',
  steps: 10_000,
  // A cut datagram comes out of noise; 30,000 packets are enough for all.
  reaches: OUTCOME_NAMES,
  start: (seed) => new PacketRun(seed),
};
