/**
 * Whether a request that claims to be authenticated is, and by which key its answer is to be signed. Symmetric keys
 * (RFC 5905 appendix A, RFC 8573) are checked here. NTS (RFC 8915) belongs here too: its fields are known to
 * `tail.ts`, which keeps requests that carry them from being answered in the clear.
 */
import type { Keyring } from '../access/keys/keyring.ts';
import type { Exchange } from './exchange.ts';
import { CODE, type OutcomeCode } from './outcomes.ts';

/** `served` where there is no MAC or a right one, whose key then stands in `exchange.key`; else the reason for silence. */
export function authenticate(exchange: Exchange, keys: Keyring): OutcomeCode {
  const { macLength, macAt, start, bytes } = exchange;
  if (macLength === 0) return CODE.served;
  const key = keys.find(exchange.keyId);
  if (key < 0) return CODE['unknown-key'];
  if (!keys.allows(key, exchange.sourceAddress, exchange.addressAt)) return CODE['key-not-allowed'];
  if (!keys.verify(key, bytes, start, macAt - start, macAt, macLength)) return CODE['bad-mac'];
  exchange.key = key;
  return CODE.served;
}
