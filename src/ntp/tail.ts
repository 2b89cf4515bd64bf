/**
 * What follows the header: a MAC up to version 3; extension fields and a MAC in version 4 (RFC 5905 §7.3, RFC 7822).
 */
import type { Exchange } from './exchange.ts';
import { CODE, type OutcomeCode } from './outcomes.ts';
import { HEADER_BYTES } from './packet.ts';

const CRYPTO_NAK_BYTES = 4;
/** Key identifier and MD5 digest, and key identifier and SHA-1 digest (or a longer one cut to 20 bytes). */
const MAC_BYTES = 20;
const LONG_MAC_BYTES = 24;
/** Key identifier and SHA-512 digest: the longest MAC that version 3 and below carry. */
const LONGEST_V3_MAC_BYTES = 68;
/** RFC 7822 §7.5: a field has at least 16 bytes, the last one without a MAC at least 28. */
const SHORTEST_FIELD_BYTES = 16;
const SHORTEST_LAST_FIELD_BYTES = 28;
/**
 * The field type that IANA keeps for the crypto-NAK: no field has it. But a MAC that is longer than version 4 has them
 * (a whole SHA-256 or SHA-512 digest) begins so where its key has a number below 65536.
 */
const NO_FIELD = 0;
/** NTS Authenticator and Encrypted Extension Fields: RFC 8915 §5.6. */
const NTS_AUTHENTICATOR = 0x0404;

/**
 * `served` where what follows is in order; a MAC is then noted in the exchange (`macAt`, `macLength`, `keyId`) and
 * still to be verified. Unknown extension fields are skipped: RFC 7822 §7.5.1.
 */
export function classifyTail(exchange: Exchange): OutcomeCode {
  const start = exchange.start + HEADER_BYTES;
  const length = exchange.length - HEADER_BYTES;
  if (length === 0) return CODE.served;
  if (length === CRYPTO_NAK_BYTES) return CODE['crypto-nak'];
  if (exchange.version < 4)
    return length <= LONGEST_V3_MAC_BYTES ? noteMac(exchange, start, length) : CODE['bad-length'];
  return walkFields(exchange, start, start + length);
}

function walkFields(exchange: Exchange, start: number, end: number): OutcomeCode {
  const { view } = exchange;
  let nts = false;
  let at = start;
  while (end - at >= SHORTEST_LAST_FIELD_BYTES) {
    const type = view.getUint16(at);
    const field = view.getUint16(at + 2);
    if (type === NO_FIELD || field < SHORTEST_FIELD_BYTES || field % 4 !== 0 || field > end - at)
      return CODE['bad-extension'];
    nts ||= type === NTS_AUTHENTICATOR;
    at += field;
  }
  // An authenticated request never gets an unauthenticated answer.
  const sound = nts ? CODE['nts-not-served'] : CODE.served;
  switch (end - at) {
    case 0:
      return sound;
    case CRYPTO_NAK_BYTES:
      return CODE['crypto-nak'];
    case MAC_BYTES:
    case LONG_MAC_BYTES:
      return nts ? sound : noteMac(exchange, at, end - at);
    default:
      return CODE['bad-extension'];
  }
}

function noteMac(exchange: Exchange, at: number, length: number): OutcomeCode {
  exchange.macAt = at;
  exchange.macLength = length;
  exchange.keyId = exchange.view.getUint32(at);
  return CODE.served;
}
