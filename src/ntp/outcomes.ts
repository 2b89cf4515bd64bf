/**
 * Everything that can become of a received datagram, by name: the one table that the counters, the status, the
 * metrics and the tests share. Each datagram has exactly one outcome. The order is the order of the counters in
 * shared memory.
 */
export const OUTCOMES = {
  served: 'client request answered (mode 3, or version 1 without a mode)',
  'served-symmetric': 'symmetric active request (mode 1) answered in passive mode; no association is kept',
  'served-unsynchronised': 'answered with LI 3 and stratum 0: there is no time to serve',
  'served-interleaved': 'answered in interleaved mode (RFC 9769)',
  'kiss-rate': 'answered with the kiss code RATE: the source asks too often',
  'kiss-deny': 'answered with the kiss code DENY: the source is not served',
  'control-answered': 'control query (mode 6) answered',
  'too-short': 'dropped: shorter than a header',
  'too-long': 'dropped: longer than a receive slot',
  'bad-length': 'dropped: length is not a multiple of 4',
  'bad-version': 'dropped: version 0 or above 4',
  'reserved-mode': 'dropped: mode 0 where version 1 does not allow it',
  'response-mode': 'dropped: itself a response (mode 2 or 4) or a broadcast (mode 5)',
  'control-query': 'dropped: control query (mode 6) from a source that may not ask',
  'control-bad': 'dropped: control query (mode 6) that is malformed, itself a response, or one too many',
  'private-query': 'dropped: mode 7',
  'bad-extension': 'dropped: extension fields that do not add up (RFC 7822)',
  'crypto-nak': 'dropped: crypto-NAK (RFC 5905 §9.2)',
  'key-required': 'dropped: the rule for the source wants a key, and the request carries none or another',
  'unknown-key': 'dropped: carries a MAC of a key that is not known',
  'key-not-allowed': 'dropped: carries a MAC of a key that this source may not use',
  'bad-mac': 'dropped: carries a MAC that is wrong',
  'nts-not-served':
    'dropped: carries an NTS authenticator (RFC 8915), which must not be answered without one',
  'source-port-zero': 'dropped: source port 0',
  'source-not-unicast': 'dropped: source is a multicast, broadcast or unspecified address',
  'source-is-server': 'dropped: source is one of our own listening sockets',
  denied: 'dropped: the source is not served',
  'rate-limited': 'dropped: the source asks too often',
} as const satisfies Record<string, string>;

export type OutcomeName = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as readonly OutcomeName[];

/** Place in the table; what `respond()` returns. */
export type OutcomeCode = number;

export const CODE: Readonly<Record<OutcomeName, OutcomeCode>> = Object.fromEntries(
  OUTCOME_NAMES.map((name, index) => [name, index]),
) as Record<OutcomeName, OutcomeCode>;

/** What is counted of a datagram beside its outcome: these overlap, and do not add up to anything. */
export const TRAITS = {
  'send-failed': 'answers that the kernel did not take',
  authenticated: 'answers with a MAC',
  'over-limit-served': 'answered though over the rate limit, so that a forged flood can not silence a victim',
  'version-1': 'answered requests of version 1',
  'version-2': 'answered requests of version 2',
  'version-3': 'answered requests of version 3',
  'version-4': 'answered requests of version 4',
} as const satisfies Record<string, string>;

export type TraitName = keyof typeof TRAITS;
export type CounterName = OutcomeName | TraitName;

/** Every counter in the order of shared memory: the outcomes, then the traits. */
export const COUNTER_NAMES: readonly CounterName[] = [
  ...OUTCOME_NAMES,
  ...(Object.keys(TRAITS) as TraitName[]),
];

/** Place of a trait among the counters. */
export const TRAIT: Readonly<Record<TraitName, number>> = Object.fromEntries(
  (Object.keys(TRAITS) as TraitName[]).map((name, index) => [name, OUTCOME_NAMES.length + index]),
) as Record<TraitName, number>;
