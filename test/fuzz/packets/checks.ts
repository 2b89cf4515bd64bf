/** What must hold of every datagram and its answer, whatever it holds; throws where it does not. */
import type { OutcomeName } from '../../../src/ntp/outcomes.ts';
import { decodeHeader, type NtpHeader } from '../../../src/ntp/packet.ts';
import { NTP_MINUS_POSIX, type NtpTimestamp } from '../../../src/time/ntp-timestamp.ts';
import { must } from '../target.ts';
import { claimsNothing, keyThatSigned, REQUIRED_KEY } from './macs.ts';
import type { Request } from './requests.ts';
import type { Source } from './sources.ts';

export interface Exchanged {
  readonly request: Request;
  readonly source: Source;
  readonly outcome: OutcomeName;
  /** Empty: silence. */
  readonly answer: Uint8Array;
  /** The kernel's receive stamp; what is served is the same time. */
  readonly seconds: number;
  readonly nanos: number;
}

const ANSWERED: ReadonlySet<OutcomeName> = new Set([
  'served',
  'served-symmetric',
  'served-unsynchronised',
  'served-interleaved',
  'kiss-rate',
  'kiss-deny',
  'control-answered',
]);
const KISS: Readonly<Partial<Record<OutcomeName, number>>> = {
  'kiss-rate': 0x5241_5445,
  'kiss-deny': 0x4445_4e59,
};
const LONGEST_CONTROL = 480;
const NANOS = 1e9;

export function check(exchanged: Exchanged): void {
  const { answer, outcome } = exchanged;
  must(answer.length > 0 === ANSWERED.has(outcome), `${answer.length} bytes for the outcome ${outcome}`);
  if (outcome === 'control-answered') checkControl(exchanged);
  else if (answer.length > 0) checkTime(exchanged, headerOf(exchanged.request.bytes), headerOf(answer));
  else must(!isOwed(exchanged), `no answer to a sound request: ${outcome}`);
}

/** Seconds from the one stamp to the other, less than half an era apart. */
export function secondsBetween(from: NtpTimestamp, to: NtpTimestamp): number {
  return ((to.seconds - from.seconds) | 0) + (to.fraction - from.fraction) / 2 ** 32;
}

export function headerOf(bytes: Uint8Array): NtpHeader {
  return decodeHeader(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
}

function isOwed({ request: { claim, keyId }, source: { kind } }: Exchanged): boolean {
  const open = kind === 'open' || kind === 'queries';
  if (claim === 'plain') return open;
  if (claim !== 'signed') return false;
  return open || kind === 'any-key' || (kind === 'one-key' && keyId === REQUIRED_KEY);
}

function checkControl({ request: { bytes }, source: { kind }, answer }: Exchanged): void {
  must(kind === 'queries', `a control query of ${kind} was answered`);
  must(
    ((bytes[0] as number) & 7) === 6 && ((answer[0] as number) & 7) === 6,
    'control answer to another mode',
  );
  must(((bytes[1] as number) & 0xe0) === 0, 'control answer to an answer');
  must(answer.length <= LONGEST_CONTROL, `a control answer of ${answer.length} bytes`);
  const failed = ((answer[1] as number) & 0x40) !== 0;
  must(!failed || answer.length <= bytes.length, 'a control error longer than its request');
}

function checkTime(exchanged: Exchanged, asked: NtpHeader, header: NtpHeader): void {
  const { request, source, answer, outcome } = exchanged;
  must(answer.length <= request.bytes.length, `${answer.length} bytes for ${request.bytes.length}`);
  must(request.claim !== 'bad', 'answered what must not be answered');
  must(
    !['impossible', 'ignored', 'unruled'].includes(source.kind),
    `answered a source that is ${source.kind}`,
  );
  must([0, 1, 3].includes(asked.mode), `answered mode ${asked.mode}`);
  must(header.mode === (asked.mode === 1 ? 2 : 4), `mode ${header.mode} for mode ${asked.mode}`);
  must(header.version === asked.version, 'another version');
  checkKey(exchanged, asked);
  checkStamps(exchanged, asked, header);
  must(
    (outcome === 'kiss-deny') === (source.kind === 'denied'),
    `${outcome} to a source that is ${source.kind}`,
  );
  if (outcome === 'kiss-rate') must(source.kind.startsWith('limited'), 'RATE to a client without a limit');
  const code = KISS[outcome];
  const unsynchronised = code !== undefined || outcome === 'served-unsynchronised';
  must((header.stratum === 0) === unsynchronised, `stratum ${header.stratum} with ${outcome}`);
  must((header.leap === 3) === unsynchronised, `LI ${header.leap} with ${outcome}`);
  must(
    header.refid === (unsynchronised ? (code ?? 0) : 0x4750_5300),
    `refid ${header.refid} with ${outcome}`,
  );
}

/** An authenticated request is never answered without a MAC, and the answer's is by the same key. */
function checkKey({ request, source, answer }: Exchanged, asked: NtpHeader): void {
  if (answer.length === 48) {
    must(claimsNothing(request.bytes, asked.version), 'no MAC for a request that has one');
    must(!source.kind.includes('key'), 'answered without the key that the rule asks for');
    return;
  }
  const key = keyThatSigned(request.bytes, answer.length - 48);
  must(key !== undefined, 'a MAC for a request without a right one');
  must(keyThatSigned(answer, answer.length - 48) === key, "the answer's MAC is wrong or by another key");
  if (source.kind === 'one-key')
    must(key?.id === REQUIRED_KEY, 'answered with another key than the rule asks for');
}

function checkStamps({ outcome, seconds, nanos }: Exchanged, asked: NtpHeader, header: NtpHeader): void {
  const interleaved = outcome === 'served-interleaved';
  const origin = interleaved ? asked.receive : asked.transmit;
  must(
    isSame(header.origin, origin),
    `the origin is not the request's ${interleaved ? 'receive' : 'transmit'} stamp`,
  );
  must(!isSame(header.receive, header.transmit), 'receive and transmit stamp are the same');
  const arrived = { seconds: (seconds + NTP_MINUS_POSIX) >>> 0, fraction: (nanos / NANOS) * 2 ** 32 };
  must(Math.abs(secondsBetween(arrived, header.receive)) < 2e-9, 'the receive stamp is not when it arrived');
  if (interleaved) return;
  must(!isSame(header.origin, header.transmit), 'origin and transmit stamp are the same');
  must(secondsBetween(header.receive, header.transmit) > 0, 'left before it arrived');
}

function isSame(a: NtpTimestamp, b: NtpTimestamp): boolean {
  return a.seconds === b.seconds && a.fraction === b.fraction;
}
