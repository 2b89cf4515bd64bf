import { expect, test } from 'vitest';
import { ControlAnswers } from '../../../src/ntp/control/answer-control.ts';
import { ControlBlockWriter, createControlBlock } from '../../../src/ntp/control/control-block.ts';
import { LOCKED, query, SYNCHRONISED, UNSYNCHRONISED } from './query.ts';

const QUERIES = 200_000;
const CAPACITY = 512;
const GUARD = 64;
const MOST = 480;

/** xorshift32: the same queries on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const next = generator(20_261_121);
const names = [...LOCKED.system, ...LOCKED.systemByName, ...LOCKED.peer].map(([name]) => name);

/** Valid queries, some with a few bytes changed, some cut, some noise from end to end. */
function anyQuery(): Buffer {
  if (next() % 8 === 0)
    return Buffer.from(Array.from({ length: next() % (CAPACITY + 40) }, () => next() & 0xff));
  const data = Array.from({ length: next() % 60 }, () => names[next() % names.length]).join(',');
  const packet = query({
    operation: next() % 4 === 0 ? next() & 0x1f : 1 + (next() % 2),
    association: next() % 3,
    data: next() % 2 === 0 ? '' : data,
  });
  for (let i = next() % 4; i > 0; i--) packet[next() % packet.length] = next() & 0xff;
  return next() % 4 === 0 ? packet.subarray(0, next() % (packet.length + 1)) : packet;
}

test(`${QUERIES} queries: no throw, no byte beside the slot, no answer over ${MOST} bytes`, () => {
  const block = createControlBlock();
  const long = Array.from({ length: 60 }, (_, i) => [`filler${i}`, 'x'.repeat(i)] as const);
  new ControlBlockWriter(block).write({ ...LOCKED, system: [...LOCKED.system, ...long] });
  let clock = 0;
  const answers = new ControlAnswers(block, () => clock);
  const memory = Buffer.alloc(GUARD + CAPACITY + GUARD, 0xee);
  const view = new DataView(memory.buffer, memory.byteOffset, memory.length);
  const found = { silent: 0, errors: 0, variables: 0, longest: 0 };
  for (let i = 0; i < QUERIES; i++) {
    clock += 20;
    const packet = anyQuery();
    memory.fill(0xee);
    packet.copy(memory, GUARD, 0, Math.min(packet.length, CAPACITY));
    // Sometimes a slot too small for the longest answer.
    const capacity = next() % 4 === 0 ? Math.min(CAPACITY, packet.length + (next() % 40)) : CAPACITY;
    const now = next() % 2 === 0 ? SYNCHRONISED : UNSYNCHRONISED;
    const length = answers.answer(view, GUARD, packet.length, capacity, now);
    check(memory, packet, length, capacity);
    found.longest = Math.max(found.longest, length);
    if (length === 0) found.silent++;
    else if ((memory.readUInt8(GUARD + 1) & 0x40) !== 0) found.errors++;
    else found.variables++;
  }
  // Every path was walked, the cap reached.
  expect(found.silent).toBeGreaterThan(20_000);
  expect(found.errors).toBeGreaterThan(20_000);
  expect(found.variables).toBeGreaterThan(20_000);
  expect(found.longest).toBeGreaterThan(MOST - 40);
});

/** Throws where a property does not hold; `expect` costs too much 200,000 times. */
function check(memory: Buffer, packet: Buffer, length: number, capacity: number): void {
  const fail = (what: string) => {
    throw new Error(`${what}: ${packet.toString('hex')}`);
  };
  if (length === 0) {
    const kept = memory.subarray(GUARD, GUARD + Math.min(packet.length, CAPACITY));
    if (!kept.equals(packet.subarray(0, CAPACITY))) fail('silence wrote');
    return;
  }
  if (length > MOST || length > capacity || length % 4 !== 0) fail(`${length} bytes`);
  const operation = memory.readUInt8(GUARD + 1);
  const asked = packet.readUInt8(1);
  if ((operation & 0x80) === 0 || (asked & 0xe0) !== 0) fail('not a response to a request');
  if ((operation & 0x40) !== 0 && (length !== 12 || length > packet.length)) fail('long error');
  if (memory.readUInt16BE(GUARD + 10) > length - 12) fail('count beyond the end');
  if (!memory.subarray(GUARD + 2, GUARD + 4).equals(packet.subarray(2, 4))) fail('other sequence');
  const touched = Math.max(length, Math.min(packet.length, CAPACITY));
  for (let i = 0; i < GUARD; i++)
    if (memory[i] !== 0xee || memory[GUARD + CAPACITY + i] !== 0xee) fail('wrote beside the slot');
  for (let i = GUARD + touched; i < GUARD + CAPACITY; i++)
    if (memory[i] !== 0xee) fail('wrote behind the answer');
}
