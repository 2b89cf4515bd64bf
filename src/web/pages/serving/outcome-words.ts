/** What can become of a datagram, in an operator's words. */
import type { OutcomeName } from '../../../status/clients.ts';

export type OutcomeKind = 'answered' | 'kissed' | 'refused' | 'malformed' | 'query';

interface Words {
  readonly kind: OutcomeKind;
  readonly text: string;
}

export const OUTCOME_WORDS: Readonly<Record<OutcomeName, Words>> = {
  served: { kind: 'answered', text: 'answered with the time' },
  'served-symmetric': { kind: 'answered', text: 'answered a symmetric active peer (mode 1)' },
  'served-unsynchronised': { kind: 'answered', text: 'answered that there is no time now (LI 3)' },
  'served-interleaved': { kind: 'answered', text: 'answered in interleaved mode (RFC 9769)' },
  'control-answered': { kind: 'query', text: 'status query (mode 6, ntpq) answered' },
  'kiss-rate': { kind: 'kissed', text: 'told to ask less often (RATE)' },
  'kiss-deny': { kind: 'kissed', text: 'told that it is not served (DENY)' },
  'rate-limited': { kind: 'refused', text: 'asks too often' },
  denied: { kind: 'refused', text: 'no rule serves its address' },
  'key-required': { kind: 'refused', text: 'its rule wants a key, and it brings none or another' },
  'unknown-key': { kind: 'refused', text: 'authenticated with a key that is not known here' },
  'key-not-allowed': { kind: 'refused', text: 'authenticated with a key that it may not use' },
  'bad-mac': { kind: 'refused', text: 'authenticated wrongly: another secret, or changed on its way' },
  'nts-not-served': { kind: 'refused', text: 'asks with NTS, which is not served' },
  'control-query': { kind: 'refused', text: 'status query (mode 6) from where none are allowed' },
  'control-bad': { kind: 'malformed', text: 'status query (mode 6) malformed, or one too many' },
  'too-short': { kind: 'malformed', text: 'shorter than an NTP header' },
  'too-long': { kind: 'malformed', text: 'longer than any NTP packet' },
  'bad-length': { kind: 'malformed', text: 'length not a multiple of four' },
  'bad-version': { kind: 'malformed', text: 'a version that there is not' },
  'reserved-mode': { kind: 'malformed', text: 'mode 0' },
  'response-mode': { kind: 'malformed', text: 'itself an answer, or a broadcast' },
  'private-query': { kind: 'malformed', text: 'mode 7 (old ntpdc, often abuse)' },
  'bad-extension': { kind: 'malformed', text: 'extension fields that do not add up' },
  'crypto-nak': { kind: 'malformed', text: 'a crypto-NAK' },
  'source-port-zero': { kind: 'malformed', text: 'from port 0' },
  'source-not-unicast': { kind: 'malformed', text: 'from an address that nobody can have' },
  'source-is-server': { kind: 'malformed', text: 'from one of our own sockets' },
};

export const KINDS: Readonly<Record<OutcomeKind, string>> = {
  answered: 'Answered',
  kissed: 'Kiss codes',
  refused: 'Refused',
  malformed: 'Malformed',
  query: 'Status queries',
};
