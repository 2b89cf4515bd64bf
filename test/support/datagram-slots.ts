/** The slots of a server whose datagrams are in memory. */
import type { BoundAddress } from '../../hw/ports.ts';
import { ADDRESS_BYTES } from '../../src/access/address.ts';

/** Datagrams a batch. */
export const SLOTS = 4;

export abstract class DatagramSlots {
  readonly bound: readonly BoundAddress[] = [{ address: '0.0.0.0', port: 123, family: 4 }];
  readonly batchSize = SLOTS;
  readonly slotSize: number;
  readonly data: Uint8Array;
  readonly length = new Int32Array(SLOTS);
  readonly answerLength = new Int32Array(SLOTS);
  readonly stampAnswer = new Uint8Array(SLOTS);
  readonly departed;
  readonly sourceAddress = new Uint8Array(SLOTS * ADDRESS_BYTES);
  readonly sourcePort = new Int32Array(SLOTS);
  readonly localAddress = new Uint8Array(SLOTS * ADDRESS_BYTES);
  readonly localPort = new Int32Array(SLOTS).fill(123);
  readonly receivedSeconds = new Float64Array(SLOTS);
  readonly receivedNanos = new Float64Array(SLOTS);

  /** `data`: where the slots are; what is around them is the caller's. */
  constructor(slotSize: number, data = new Uint8Array(SLOTS * slotSize)) {
    this.slotSize = slotSize;
    this.data = data;
    this.departed = {
      data: new Uint8Array(SLOTS * slotSize),
      start: new Int32Array(SLOTS),
      length: new Int32Array(SLOTS),
      seconds: new Float64Array(SLOTS),
      nanos: new Float64Array(SLOTS),
    };
  }

  /** The datagram that leaves the slot; none: silence. */
  datagram(slot = 0): Uint8Array {
    const start = slot * this.slotSize;
    return this.data.slice(start, start + (this.answerLength[slot] as number));
  }

  close(): void {}
}
