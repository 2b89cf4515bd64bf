/** Control queries as clients send them, and a slot to have them answered in. */
import type { ServedTime } from '../../../src/clock/served-time.ts';
import { ControlAnswers } from '../../../src/ntp/control/answer-control.ts';
import {
  ControlBlockWriter,
  type ControlContents,
  createControlBlock,
} from '../../../src/ntp/control/control-block.ts';

export const SLOT = 1600;

/** A locked server: status words as ntpq decodes them are in the tests. */
export const LOCKED: ControlContents = {
  systemStatus: 0x0125,
  system: [
    ['version', '"timeball 0.1.0"'],
    ['leap', '0'],
    ['stratum', '1'],
    ['rootdelay', '0.000000'],
    ['rootdisp', '0.000001'],
    ['refid', 'GPS'],
    ['clock', '0x00000000.00000000'],
    ['offset', '-0.000023'],
  ],
  systemByName: [['rootdist', '0.000001']],
  peerStatus: 0x973a,
  peer: [
    ['srcadr', '127.127.20.0'],
    ['reach', '0xff'],
  ],
};

/** 2026-11-21 12:00:00.5 UTC, 91.2 ns. */
export const SYNCHRONISED: ServedTime = {
  seconds: 1_795_262_400,
  nanos: 5e8,
  leap: 0,
  bound: 91.2,
  synchronised: true,
};
export const UNSYNCHRONISED: ServedTime = { ...SYNCHRONISED, leap: 3, synchronised: false };

export interface Query {
  readonly first?: number;
  readonly operation?: number;
  readonly sequence?: number;
  readonly association?: number;
  readonly offset?: number;
  readonly data?: string;
  readonly count?: number;
}

/** Defaults: version 2, read variables of the system, sequence 0x1234. */
export function query(asked: Query = {}): Buffer {
  const { first = 0x16, operation = 2, sequence = 0x1234, association = 0, offset = 0, data = '' } = asked;
  const packet = Buffer.alloc(12 + ((data.length + 3) & ~3));
  packet.writeUInt8(first, 0);
  packet.writeUInt8(operation, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt16BE(association, 6);
  packet.writeUInt16BE(offset, 8);
  packet.writeUInt16BE(asked.count ?? data.length, 10);
  packet.write(data, 12, 'latin1');
  return packet;
}

/** Answers with a clock of their own, so that no query is one too many unless the test wants it. */
export class Server {
  readonly answers: ControlAnswers;
  /** Monotonic, ms. */
  clock = 0;
  readonly writer: ControlBlockWriter;
  readonly #slot = Buffer.alloc(SLOT);

  constructor(contents: ControlContents | null = LOCKED) {
    const block = createControlBlock();
    this.writer = new ControlBlockWriter(block);
    if (contents) this.writer.write(contents);
    this.answers = new ControlAnswers(block, () => this.clock);
  }

  /** The response; empty: silence. */
  ask(request: Buffer, now: ServedTime = SYNCHRONISED, capacity = SLOT, wait = 1000): Buffer {
    this.clock += wait;
    request.copy(this.#slot);
    const view = new DataView(this.#slot.buffer, this.#slot.byteOffset, SLOT);
    const length = this.answers.answer(view, 0, request.length, capacity, now);
    return Buffer.from(this.#slot.subarray(0, length));
  }
}

/** The data of a response, its padding cut. */
export function textOf(response: Buffer): string {
  return response.toString('latin1', 12, 12 + response.readUInt16BE(10));
}
