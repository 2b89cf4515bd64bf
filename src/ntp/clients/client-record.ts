/**
 * A client's record in shared memory, by 32-bit words. Written by answer threads under the record's lock, read by the
 * main thread.
 */
import { OUTCOME_NAMES, OUTCOMES, type OutcomeCode, type OutcomeName } from '../outcomes.ts';

/** Three cache lines: a request that is answered touches the first one only. */
export const RECORD_BYTES = 192;
const HALVES = 2;

/** Float64 fields by float64; times in ms since 1970. */
export const DOUBLE = {
  firstSeen: 0,
  lastSeen: 1,
  /** Seconds, the client's clock minus ours, as its last request had it; see CLOCK. */
  clockOffset: 2,
  lastDrop: 8,
} as const;

/** The other fields by word. */
export const WORD = {
  /** Four words in network order. */
  address: 6,
  packets: 10,
  answered: 11,
  /** Key that the last answered request was proven to come from; 0: none. */
  keyId: 12,
  /** Float32: seconds between requests, smoothed. */
  interval: 13,
  /** Source port (16 bits), version (3), mode (3), clock (2), poll (8, signed). */
  last: 14,
  /** Requests for time, counted up to `SMOOTHING` + 1. */
  requests: 15,
  interleaved: 18,
  authenticated: 19,
  dropped: 20,
  /** Outcome code + 1; 0: none. */
  lastDropCode: 21,
} as const;

/** 16-bit counts by outcome code, of outcomes that are no time answers, by half word. */
export const COUNTS_HALF = 24 * HALVES;
const COUNTS = (RECORD_BYTES / 4) * HALVES - COUNTS_HALF;

/** What is known of the client's clock. */
export const CLOCK = {
  unknown: 0,
  /** One request told an offset: random transmit stamps do so too. */
  told: 1,
  /** Two in a row agreed. */
  agreed: 2,
} as const;

export const VERSION_SHIFT = 16;
export const MODE_SHIFT = 19;
export const CLOCK_SHIFT = 22;
export const POLL_SHIFT = 24;

/** The mean interval is plain over so many, then each counts for one in so many. */
export const SMOOTHING = 8;

if (OUTCOME_NAMES.length > COUNTS) throw new RangeError('client records have no room for so many outcomes');

/** Place by outcome: 1 where it holds. */
function outcomeSet(holds: (name: OutcomeName) => boolean): Uint8Array {
  return Uint8Array.from(OUTCOME_NAMES, (name) => (holds(name) ? 1 : 0));
}

const UNRECORDED: readonly OutcomeName[] = ['source-port-zero', 'source-not-unicast', 'source-is-server'];
const NO_REQUEST: readonly OutcomeName[] = [
  'too-short',
  'too-long',
  'bad-length',
  'bad-version',
  'reserved-mode',
  'response-mode',
  'control-answered',
  'control-query',
  'control-bad',
  'private-query',
];

/** Sources that are no clients: their addresses are forged or our own. */
const unrecorded = outcomeSet((name) => UNRECORDED.includes(name));
const answered = outcomeSet((name) => name.startsWith('served'));
const dropped = outcomeSet((name) => OUTCOMES[name].startsWith('dropped'));
/** Requests for time with a header to read, served or not. */
const request = outcomeSet((name) => !UNRECORDED.includes(name) && !NO_REQUEST.includes(name));

export const isRecorded = (code: OutcomeCode): boolean => unrecorded[code] === 0;
export const isAnswered = (code: OutcomeCode): boolean => answered[code] === 1;
export const isDropped = (code: OutcomeCode): boolean => dropped[code] === 1;
export const isTimeRequest = (code: OutcomeCode): boolean => request[code] === 1;
