/**
 * Everything that can become of a received datagram, by name: the one table that the counters, the status, the
 * metrics and the tests share. The order is the order of the counters in shared memory.
 */
export const OUTCOMES = {
  served: 'client request answered (mode 3, or version 1 without a mode)',
  'served-symmetric': 'symmetric active request (mode 1) answered in passive mode; no association is kept',
  'served-unsynchronised': 'answered with LI 3 and stratum 0: there is no time to serve',
  'served-interleaved': 'answered in interleaved mode (RFC 9769)',
  'kiss-rate': 'answered with the kiss code RATE',
  'kiss-deny': 'answered with the kiss code DENY',
  'too-short': 'dropped: shorter than a header',
  'too-long': 'dropped: longer than a receive slot',
  'bad-length': 'dropped: length is not a multiple of 4',
  'bad-version': 'dropped: version 0 or above 4',
  'reserved-mode': 'dropped: mode 0 where version 1 does not allow it',
  'response-mode': 'dropped: itself a response (mode 2 or 4) or a broadcast (mode 5)',
  'control-query': 'dropped: mode 6',
  'private-query': 'dropped: mode 7',
  'bad-extension': 'dropped: extension fields that do not add up (RFC 7822)',
  'crypto-nak': 'dropped: crypto-NAK (RFC 5905 §9.2)',
  'unknown-key': 'dropped: carries a MAC of a key that is not known',
  'nts-not-served':
    'dropped: carries an NTS authenticator (RFC 8915), which must not be answered without one',
  'source-port-zero': 'dropped: source port 0',
  'source-not-unicast': 'dropped: source is a multicast, broadcast or unspecified address',
  'source-is-server': 'dropped: source is one of our own listening sockets',
  denied: 'dropped: the source is not served',
  'rate-limited': 'dropped: the source asks too often',
  'send-failed': 'answers, counted above as well, that the kernel did not take',
} as const satisfies Record<string, string>;

export type OutcomeName = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as readonly OutcomeName[];

/** Place in the table; what `respond()` returns. */
export type OutcomeCode = number;

export const CODE: Readonly<Record<OutcomeName, OutcomeCode>> = Object.fromEntries(
  OUTCOME_NAMES.map((name, index) => [name, index]),
) as Record<OutcomeName, OutcomeCode>;
