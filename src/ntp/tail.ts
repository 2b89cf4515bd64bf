/**
 * What follows the header: a MAC up to version 3; extension fields and a MAC in version 4 (RFC 5905 §7.3, RFC 7822).
 */
import { CODE, type OutcomeCode } from './outcomes.ts';

const CRYPTO_NAK_BYTES = 4;
/** Key identifier and MD5 digest, and key identifier and SHA-1 digest (or a longer one cut to 20 bytes). */
const MAC_BYTES = 20;
const LONG_MAC_BYTES = 24;
/** Key identifier and SHA-512 digest: the longest MAC that version 3 and below carry. */
const LONGEST_V3_MAC_BYTES = 68;
/** RFC 7822 §7.5: a field has at least 16 bytes, the last one without a MAC at least 28. */
const SHORTEST_FIELD_BYTES = 16;
const SHORTEST_LAST_FIELD_BYTES = 28;
/** NTS Authenticator and Encrypted Extension Fields: RFC 8915 §5.6. */
const NTS_AUTHENTICATOR = 0x0404;

/**
 * `served` where the request carries no authentication; `length` is a multiple of 4 and lies within the view.
 * Unknown extension fields are skipped: RFC 7822 §7.5.1.
 */
export function classifyTail(view: DataView, start: number, length: number, version: number): OutcomeCode {
  if (length === 0) return CODE.served;
  if (length === CRYPTO_NAK_BYTES) return CODE['crypto-nak'];
  if (version < 4) return length <= LONGEST_V3_MAC_BYTES ? CODE['unknown-key'] : CODE['bad-length'];
  return walkFields(view, start, start + length);
}

function walkFields(view: DataView, start: number, end: number): OutcomeCode {
  let authenticated = false;
  let at = start;
  while (end - at >= SHORTEST_LAST_FIELD_BYTES) {
    const field = view.getUint16(at + 2);
    if (field < SHORTEST_FIELD_BYTES || field % 4 !== 0 || field > end - at) return CODE['bad-extension'];
    authenticated ||= view.getUint16(at) === NTS_AUTHENTICATOR;
    at += field;
  }
  switch (end - at) {
    case 0:
      // An authenticated request never gets an unauthenticated answer.
      return authenticated ? CODE['nts-not-served'] : CODE.served;
    case CRYPTO_NAK_BYTES:
      return CODE['crypto-nak'];
    case MAC_BYTES:
    case LONG_MAC_BYTES:
      return CODE['unknown-key'];
    default:
      return CODE['bad-extension'];
  }
}
