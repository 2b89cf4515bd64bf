/** Control queries (mode 6), valid, changed and noise, straight into their answers. */
import { ControlAnswers } from '../../src/ntp/control/answer-control.ts';
import { ControlBlockWriter, createControlBlock } from '../../src/ntp/control/control-block.ts';
import { LOCKED, query, SYNCHRONISED, UNSYNCHRONISED } from '../ntp/control/query.ts';
import { Dice } from './dice.ts';
import { count, must, type Run, type Target } from './target.ts';

const CAPACITY = 512;
const GUARD = 64;
const FILLER = 0xee;
const LONGEST = 480;
const NAMES = [...LOCKED.system, ...LOCKED.systemByName, ...LOCKED.peer].map(([name]) => name);
const LONG = Array.from({ length: 60 }, (_, i) => [`filler${i}`, 'x'.repeat(i)] as const);

class ControlRun implements Run {
  readonly tally = new Map<string, number>();
  readonly #dice: Dice;
  readonly #answers: ControlAnswers;
  readonly #memory = Buffer.alloc(GUARD + CAPACITY + GUARD);
  readonly #view = new DataView(this.#memory.buffer, this.#memory.byteOffset, this.#memory.length);
  #clock = 0;
  #packet: Buffer = Buffer.alloc(0);

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    const block = createControlBlock();
    new ControlBlockWriter(block).write({ ...LOCKED, system: [...LOCKED.system, ...LONG] });
    this.#answers = new ControlAnswers(block, () => this.#clock);
  }

  input(): unknown {
    return this.#packet.toString('hex');
  }

  step(): void {
    const dice = this.#dice;
    // 50 answers a second are allowed.
    this.#clock += dice.below(40);
    this.#packet = this.#anyQuery();
    const packet = this.#packet;
    this.#memory.fill(FILLER);
    packet.copy(this.#memory, GUARD, 0, Math.min(packet.length, CAPACITY));
    // Sometimes a slot too small for the longest answer.
    const capacity = dice.oneIn(4) ? Math.min(CAPACITY, packet.length + dice.below(40)) : CAPACITY;
    const now = dice.oneIn(2) ? SYNCHRONISED : UNSYNCHRONISED;
    const length = this.#answers.answer(this.#view, GUARD, packet.length, capacity, now);
    count(this.tally, this.#look(length, capacity));
  }

  #anyQuery(): Buffer {
    const dice = this.#dice;
    if (dice.oneIn(8)) return Buffer.from(dice.bytes(dice.below(CAPACITY + 40)));
    const data = Array.from({ length: dice.below(60) }, () => dice.pick(NAMES)).join(',');
    const packet = query({
      operation: dice.oneIn(4) ? dice.below(32) : 1 + dice.below(2),
      association: dice.below(3),
      data: dice.oneIn(2) ? '' : data,
    });
    return dice.oneIn(2) ? packet : Buffer.from(dice.mutated(packet));
  }

  /** What became of it; throws where a property does not hold. */
  #look(length: number, capacity: number): string {
    const packet = this.#packet;
    const memory = this.#memory;
    const kept = Math.min(packet.length, CAPACITY);
    this.#mustBeFiller(0, GUARD);
    this.#mustBeFiller(GUARD + Math.max(length, kept), memory.length);
    if (length === 0) {
      must(memory.subarray(GUARD, GUARD + kept).equals(packet.subarray(0, CAPACITY)), 'silence wrote');
      return 'silence';
    }
    must(length <= LONGEST && length <= capacity && length % 4 === 0, `${length} bytes`);
    const operation = memory.readUInt8(GUARD + 1);
    must((operation & 0x80) !== 0 && (packet.readUInt8(1) & 0xe0) === 0, 'not a response to a request');
    must(memory.subarray(GUARD + 2, GUARD + 4).equals(packet.subarray(2, 4)), 'another sequence number');
    must(memory.readUInt16BE(GUARD + 10) <= length - 12, 'data beyond the end');
    if ((operation & 0x40) === 0) return length > LONGEST - 40 ? 'a full answer' : 'an answer';
    must(length === 12 && length <= packet.length, `an error of ${length} bytes`);
    return 'an error';
  }

  #mustBeFiller(from: number, to: number): void {
    for (let at = from; at < to; at++)
      if (this.#memory[at] !== FILLER) throw new Error(`wrote at ${at - GUARD}`);
  }
}

export const control: Target = {
  name: 'control',
  steps: 20_000,
  reaches: ['silence', 'an error', 'an answer', 'a full answer'],
  start: (seed) => new ControlRun(seed),
};
