import type { ServedTime } from '../clock/served-time.ts';

/**
 * One request and the answer that overwrites it. The responder keeps one of these and moves it from slot to slot,
 * so that a packet costs no allocation.
 */
export interface Exchange {
  /** All slots. */
  readonly view: DataView;
  /** Byte at which the slot begins. */
  start: number;
  /** Bytes the slot holds. */
  readonly capacity: number;
  /** Bytes of the datagram as received; more than `capacity` where it was cut. */
  length: number;
  /** 16 bytes per slot, IPv4 as v4-mapped; this source's begin at `addressAt`. */
  readonly sourceAddress: Uint8Array;
  addressAt: number;
  sourcePort: number;
  /** 16 bytes per slot: the address asked, at `addressAt`; all zero where it can't be told. */
  readonly localAddress: Uint8Array;
  localPort: number;
  /** Served time at the receive stamp. */
  readonly receive: ServedTime;
  /** Served time at the transmit stamp; its leap, bound and state are what the answer says. */
  readonly transmit: ServedTime;
  /** Bytes to send back; 0 = silence. Set by `respond()`. */
  answerLength: number;
}
