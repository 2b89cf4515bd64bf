/**
 * Whether a datagram is a request to answer, and if not, why not. Pure but for the notes it makes in the exchange.
 */
import { isUnicast } from '../access/address.ts';
import type { Exchange } from './exchange.ts';
import { CODE, type OutcomeCode } from './outcomes.ts';
import type { OwnSockets } from './own-sockets.ts';
import { FIELD, HEADER_BYTES, MODE, modeOf, versionOf } from './packet.ts';
import { classifyTail } from './tail.ts';

const NTP_PORT = 123;

/**
 * `served` or `served-symmetric` for a request to answer, else the reason for silence; a control query (mode 6) has
 * rules of its own. Notes in the exchange what of the request the answer will overwrite.
 */
export function classify(exchange: Exchange, own: OwnSockets): OutcomeCode {
  clear(exchange);
  const source = classifySource(exchange, own);
  if (source !== CODE.served) return source;
  const { view, start, length } = exchange;
  if (length < 1) return CODE['too-short'];
  const first = view.getUint8(start);
  exchange.version = versionOf(first);
  exchange.mode = modeOf(first);
  const request = classifyMode(exchange.version, exchange.mode, exchange.sourcePort);
  if (!isRequest(request)) return request;
  if (length < HEADER_BYTES) return CODE['too-short'];
  if (length > exchange.capacity) return CODE['too-long'];
  if (length % 4 !== 0) return CODE['bad-length'];
  exchange.poll = view.getInt8(start + FIELD.poll);
  exchange.requestTransmitSeconds = view.getInt32(start + FIELD.transmit);
  exchange.requestTransmitFraction = view.getInt32(start + FIELD.transmit + 4);
  const tail = classifyTail(exchange);
  return tail === CODE.served ? request : tail;
}

function clear(exchange: Exchange): void {
  exchange.version = 0;
  exchange.mode = 0;
  exchange.poll = 0;
  exchange.macLength = 0;
  exchange.keyId = 0;
  exchange.requestTransmitSeconds = 0;
  exchange.requestTransmitFraction = 0;
}

/** Whether this outcome of `classify` asks for an answer. */
export function isRequest(code: OutcomeCode): boolean {
  return code === CODE.served || code === CODE['served-symmetric'];
}

function classifySource(exchange: Exchange, own: OwnSockets): OutcomeCode {
  const { sourceAddress, addressAt, sourcePort, localAddress } = exchange;
  if (sourcePort === 0) return CODE['source-port-zero'];
  if (!isUnicast(sourceAddress, addressAt)) return CODE['source-not-unicast'];
  if (own.has(sourceAddress, addressAt, sourcePort, localAddress)) return CODE['source-is-server'];
  return CODE.served;
}

/** Before the length: control messages (mode 6, 7) are shorter than a header and have counters of their own. */
function classifyMode(version: number, mode: number, sourcePort: number): OutcomeCode {
  if (version < 1 || version > 4) return CODE['bad-version'];
  switch (mode) {
    case MODE.client:
      return CODE.served;
    case MODE.symmetricActive:
      // Windows asks so by default. Answered as from a passive peer (RFC 5905 §9.2) but without an association.
      return CODE['served-symmetric'];
    case MODE.reserved:
      // Version 1 has no mode: a port other than 123 tells a client (RFC 5905 appendix A.5.3, RFC 1305 §3.3).
      return version === 1 && sourcePort !== NTP_PORT ? CODE.served : CODE['reserved-mode'];
    case MODE.control:
      return CODE['control-query'];
    case MODE.private:
      return CODE['private-query'];
    default:
      return CODE['response-mode'];
  }
}
