/**
 * A request, its stamps, the clock and the policy go in; the answer, or silence, and the reason come out.
 * Pure: no device, no clock is read here. Nothing is allocated.
 */
import type { AccessPolicy } from '../access/policy.ts';
import type { ClockBlock } from '../clock/clock-block.ts';
import { classify, isRequest } from './classify.ts';
import type { Exchange } from './exchange.ts';
import { CODE, type OutcomeCode } from './outcomes.ts';
import type { OwnSockets } from './own-sockets.ts';
import { HEADER_BYTES } from './packet.ts';
import { writeAnswer } from './write-answer.ts';

/**
 * Answers in place: `exchange.answerLength` becomes 48, or 0 for silence. An answer is never longer than its
 * request, since none is shorter than a header and nothing of what follows the header is echoed.
 */
export function respond(
  exchange: Exchange,
  block: Readonly<ClockBlock>,
  policy: AccessPolicy,
  own: OwnSockets,
): OutcomeCode {
  exchange.answerLength = 0;
  const request = classify(exchange, own);
  if (!isRequest(request)) return request;
  const verdict = policy.judge(exchange.sourceAddress, exchange.addressAt);
  if (verdict !== 'serve') return verdict === 'deny' ? CODE.denied : CODE['rate-limited'];
  writeAnswer(exchange, block, policy.minimumPoll);
  exchange.answerLength = HEADER_BYTES;
  return exchange.transmit.synchronised ? request : CODE['served-unsynchronised'];
}
