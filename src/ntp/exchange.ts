import { createServedTime, type ServedTime } from '../clock/served-time.ts';
import { type AnswerHead, createAnswerHead } from './answer-head.ts';

/** Where the packets of a batch lie: a part of DatagramServer. */
export interface Slots {
  readonly data: Uint8Array;
  readonly slotSize: number;
  /** 16 bytes per slot, IPv4 as v4-mapped. */
  readonly sourceAddress: Uint8Array;
  readonly localAddress: Uint8Array;
}

/** What kind of answer stands in the slot, and so what is left to do just before it leaves. */
export const ANSWER = {
  /** Nothing: silence, or a control response. */
  none: 0,
  /** A time answer whose transmit stamp is to be its own departure. */
  basic: 1,
  /** One that carries the departure of the answer before: RFC 9769. */
  interleaved: 2,
} as const;

/**
 * One request and the answer that overwrites it. The responder keeps one of these and moves it from slot to slot,
 * so that a packet costs no allocation.
 */
export interface Exchange {
  /** All slots, as a view and as bytes. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
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
  /** Served time at the transmit stamp. */
  readonly transmit: ServedTime;
  /** What its leap, bound and state come to in the answer. */
  readonly head: AnswerHead;

  // What of the request the answer overwrites; set by `classify()`, 0 where the request is too short to tell.
  version: number;
  mode: number;
  /** The request's poll field, log2 seconds. */
  poll: number;
  /** Signed words, see `secondsWord`. */
  requestTransmitSeconds: number;
  requestTransmitFraction: number;
  /** Where the MAC (key identifier and digest) begins; holds where `macLength` is not 0. */
  macAt: number;
  macLength: number;
  /** Identifier of the key that the request names; 0: none. */
  keyId: number;

  // What becomes of it; set by `respond()`.
  /** Bytes to send back; 0 = silence. */
  answerLength: number;
  /** See ANSWER. */
  answerKind: number;
  /** Place of the key in the keyring that the answer is to be signed with; −1: none. */
  key: number;
  /** Whether the client may go on in interleaved mode, so that the departure of the answer is worth remembering. */
  remember: boolean;
  /** Answered though over the rate limit. */
  overLimit: boolean;
}

/** An exchange at the first slot. */
export function createExchange(slots: Slots): Exchange {
  const { data, slotSize, sourceAddress, localAddress } = slots;
  return {
    view: new DataView(data.buffer, data.byteOffset, data.byteLength),
    bytes: data,
    start: 0,
    capacity: slotSize,
    length: 0,
    sourceAddress,
    addressAt: 0,
    sourcePort: 0,
    localAddress,
    localPort: 0,
    receive: createServedTime(),
    transmit: createServedTime(),
    head: createAnswerHead(),
    version: 0,
    mode: 0,
    poll: 0,
    requestTransmitSeconds: 0,
    requestTransmitFraction: 0,
    macAt: 0,
    macLength: 0,
    keyId: 0,
    answerLength: 0,
    answerKind: ANSWER.none,
    key: -1,
    remember: false,
    overLimit: false,
  };
}
