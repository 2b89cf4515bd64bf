/**
 * A request, its stamps, the clock, the rules and the keys go in; the answer, or silence, and the reason come out.
 * No device and no clock is read here, nothing is allocated. What is left to do just before departure (the transmit
 * stamp and, since a MAC covers it, the signature) is noted in the exchange.
 */
import { ACTION } from '../access/policy.ts';
import { authenticate } from './authenticate.ts';
import { classify, isRequest } from './classify.ts';
import { ANSWER, type Exchange } from './exchange.ts';
import { CODE, type OutcomeCode } from './outcomes.ts';
import { FIELD, HEADER_BYTES } from './packet.ts';
import type { Service } from './service.ts';
import { KISS, writeAnswer, writeInterleaved, writeKiss } from './write-answer.ts';

/** Any answer to a request for time is at most as long as the request: header for header, MAC for MAC, no fields. */
export function respond(exchange: Exchange, service: Service): OutcomeCode {
  exchange.answerLength = 0;
  exchange.answerKind = ANSWER.none;
  exchange.key = -1;
  exchange.remember = false;
  exchange.overLimit = false;
  const kind = classify(exchange, service.own);
  if (kind === CODE['control-query']) return respondToControl(exchange, service);
  if (!isRequest(kind)) return kind;
  const rule = service.policy.find(exchange.sourceAddress, exchange.addressAt);
  const refusal = admit(exchange, service, rule);
  if (refusal !== CODE.served) return refusal;
  const authentic = authenticate(exchange, service.keys);
  if (authentic !== CODE.served) return authentic;
  return answer(exchange, service, rule, kind);
}

/** Whether the source is served, with the key it must have, and within its rate. */
function admit(exchange: Exchange, service: Service, rule: number): OutcomeCode {
  const { policy } = service;
  if (rule < 0) return CODE.denied;
  const action = policy.action[rule];
  if (action === ACTION.deny) return deny(exchange, service);
  if (action !== ACTION.serve) return CODE.denied;
  const required = policy.requireKey[rule] as number;
  if (required !== 0 && (exchange.macLength === 0 || (required > 0 && required !== exchange.keyId)))
    return CODE['key-required'];
  return (policy.interval[rule] as number) > 0 ? limit(exchange, service, rule) : CODE.served;
}

function limit(exchange: Exchange, service: Service, rule: number): OutcomeCode {
  const { policy, buckets } = service;
  const { sourceAddress, addressAt } = exchange;
  const interval = policy.interval[rule] as number;
  if (buckets.take(sourceAddress, addressAt, interval, policy.burst[rule] as number)) return CODE.served;
  // A few are answered all the same: else whoever forges a client's address could silence it.
  const leak = policy.leak[rule] as number;
  if (leak > 0 && Math.random() * leak < 1) {
    exchange.overLimit = true;
    return CODE.served;
  }
  if (!buckets.mayKiss(sourceAddress, addressAt)) return CODE['rate-limited'];
  // An authenticated request never gets an unauthenticated answer, a kiss code included.
  if (authenticate(exchange, service.keys) !== CODE.served) return CODE['rate-limited'];
  return kiss(exchange, KISS.rate, policy.minimumPoll[rule] as number, CODE['kiss-rate']);
}

/** As rare as any kiss code: a forged source must not turn it into a reflection. */
function deny(exchange: Exchange, service: Service): OutcomeCode {
  if (!service.buckets.mayKiss(exchange.sourceAddress, exchange.addressAt)) return CODE.denied;
  if (authenticate(exchange, service.keys) !== CODE.served) return CODE.denied;
  return kiss(exchange, KISS.deny, exchange.poll, CODE['kiss-deny']);
}

function kiss(exchange: Exchange, code: number, minimumPoll: number, outcome: OutcomeCode): OutcomeCode {
  writeKiss(exchange, minimumPoll, code);
  finish(exchange, ANSWER.basic);
  return outcome;
}

function answer(exchange: Exchange, service: Service, rule: number, kind: OutcomeCode): OutcomeCode {
  const minimumPoll = service.policy.minimumPoll[rule] as number;
  const { transmit } = exchange;
  // A departure by a clock that was not synchronised must not be told once it is.
  exchange.remember = transmit.synchronised && mayInterleave(exchange);
  if (exchange.remember && isFollowUp(exchange, service)) {
    writeInterleaved(exchange, minimumPoll, service.interleave.found);
    finish(exchange, ANSWER.interleaved);
    return CODE['served-interleaved'];
  }
  writeAnswer(exchange, minimumPoll);
  finish(exchange, ANSWER.basic);
  return transmit.synchronised ? kind : CODE['served-unsynchronised'];
}

function finish(exchange: Exchange, kind: number): void {
  exchange.answerKind = kind;
  exchange.answerLength = HEADER_BYTES + (exchange.key >= 0 ? exchange.macLength : 0);
}

/**
 * RFC 9769 §2: a request may be an interleaved one only if its receive and transmit stamps differ and its origin is
 * set. The departure of an answer is remembered for such clients alone, so that the others cost nothing: the third
 * answer to a client is the first that can be interleaved.
 */
function mayInterleave({ view, start, requestTransmitSeconds, requestTransmitFraction }: Exchange): boolean {
  if (view.getUint32(start + FIELD.origin) === 0) return false;
  const receiveSeconds = view.getInt32(start + FIELD.receive);
  if (receiveSeconds === 0) return false;
  return (
    receiveSeconds !== requestTransmitSeconds ||
    view.getInt32(start + FIELD.receive + 4) !== requestTransmitFraction
  );
}

/** Whether the origin is the receive stamp of an answer that this client got; its departure is then in `found`. */
function isFollowUp({ view, start, sourceAddress, addressAt }: Exchange, { interleave }: Service): boolean {
  const seconds = view.getInt32(start + FIELD.origin);
  return interleave.find(sourceAddress, addressAt, seconds, view.getInt32(start + FIELD.origin + 4));
}

/** RFC 9327: only where the rule for the source allows queries, and never longer than a small fixed size. */
function respondToControl(exchange: Exchange, service: Service): OutcomeCode {
  const { policy, control } = service;
  const rule = policy.find(exchange.sourceAddress, exchange.addressAt);
  if (rule < 0 || policy.allowQueries[rule] !== 1) return CODE['control-query'];
  const { view, start, length, capacity, transmit } = exchange;
  if (length > capacity) return CODE['control-bad'];
  exchange.answerLength = control.answer(view, start, length, capacity, transmit);
  return exchange.answerLength > 0 ? CODE['control-answered'] : CODE['control-bad'];
}
