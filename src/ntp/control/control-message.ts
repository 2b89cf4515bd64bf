/**
 * The control message, mode 6: RFC 9327 §2 (RFC 1305 appendix B). 12 bytes, big-endian, then data padded to 4 bytes.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |LI | VN  |  6  |R|E|M|  Opcode |           Sequence            |   0
 *     |            Status             |        Association ID         |   4
 *     |            Offset             |             Count             |   8
 *     |                      Data, 0 to 468 bytes                     |  12
 */
export const CONTROL_HEADER_BYTES = 12;
/** RFC 9327 §2: a message carries at most so much data. Ours never continue in a second datagram. */
export const CONTROL_DATA_BYTES = 468;

/** Byte offsets of the fields. */
export const CONTROL_FIELD = {
  leapVersionMode: 0,
  operation: 1,
  sequence: 2,
  status: 4,
  association: 6,
  offset: 8,
  count: 10,
} as const;

/** Bits of the operation byte. */
export const RESPONSE_BIT = 0x80;
export const ERROR_BIT = 0x40;
export const MORE_BIT = 0x20;
export const OPCODE_MASK = 0x1f;

/** RFC 9327 §2, opcodes: those that are answered; all others are unknown here. */
export const OPCODE = { readStatus: 1, readVariables: 2 } as const;

/** RFC 9327 §3.4: the error status word's first byte. */
export const CONTROL_ERROR = { opcode: 3, association: 4, variable: 5 } as const;

/** What the association ID 0 and the only other one name. */
export const SYSTEM_ASSOCIATION = 0;
export const REFERENCE_ASSOCIATION = 1;

/** RFC 9327 §3.1, clock source: the kind of clock that the system follows. */
export const CLOCK_SOURCE = { unspecified: 0, pps: 1, localNet: 5 } as const;

/** RFC 9327 §3.1, system events. */
export const SYSTEM_EVENT = { restart: 6, synchronised: 5, noPeer: 8 } as const;

/** RFC 9327 §3.2, peer status; selections show in `ntpq -p` as ` `, `x` and `o`. */
export const PEER_STATUS = { configured: 0x80, reachable: 0x10 } as const;
export const PEER_SELECTION = { reject: 0, falseticker: 1, pps: 7 } as const;

/** RFC 9327 §3.2, peer events. */
export const PEER_EVENT = { mobilised: 1, unreachable: 3, reachable: 4, systemPeer: 10 } as const;

/** The counters of events in status words stay at this once they reach it. */
const MOST_EVENTS = 15;
const LEAP_BITS = 0x3fff;
const SELECTION_BITS = 0xf8ff;

/** RFC 9327 §3.1. `leap` 0–3, `source` 0–63, `events` seen so far, the last of them 0–15. */
export function systemStatusWord(leap: number, source: number, events: number, last: number): number {
  return ((leap & 3) << 14) | ((source & 63) << 8) | eventBits(events, last);
}

/** The same status word with another leap indicator. */
export function withLeap(systemStatus: number, leap: number): number {
  return (systemStatus & LEAP_BITS) | ((leap & 3) << 14);
}

/** RFC 9327 §3.2. `flags`: of `PEER_STATUS`. */
export function peerStatusWord(flags: number, selection: number, events: number, last: number): number {
  return ((flags & 0xf8) << 8) | ((selection & 7) << 8) | eventBits(events, last);
}

/** The same peer status word, not selected. */
export function rejected(peerStatus: number): number {
  return peerStatus & SELECTION_BITS;
}

function eventBits(events: number, last: number): number {
  return (Math.min(MOST_EVENTS, events) << 4) | (last & 15);
}
