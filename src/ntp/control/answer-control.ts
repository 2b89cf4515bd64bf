/**
 * Answers to control queries (mode 6, ntpq), read only: RFC 9327. The system is association 0, the GPS receiver with
 * its pulse is association 1. An answer is one datagram of at most 480 bytes, an error is 12 bytes.
 */
import type { ServedTime } from '../../clock/served-time.ts';
import { TokenBucket } from '../../time/token-bucket.ts';
import { leapVersionMode, MODE, versionOf } from '../packet.ts';
import { ControlBlockReader, type ControlContents, type Variable } from './control-block.ts';
import {
  CONTROL_DATA_BYTES,
  CONTROL_ERROR,
  CONTROL_FIELD,
  CONTROL_HEADER_BYTES,
  ERROR_BIT,
  OPCODE,
  OPCODE_MASK,
  REFERENCE_ASSOCIATION,
  RESPONSE_BIT,
  rejected,
  SYSTEM_ASSOCIATION,
  withLeap,
} from './control-message.ts';
import { isControlRequest, namesAsked } from './control-request.ts';
import { atAnswer, leapOf } from './live-variables.ts';
import { variableText } from './write-variables.ts';

/** Answers of a thread a second, and how many at once: a query costs many times what a time answer costs. */
const PER_SECOND = 50;
const BURST = 100;

/** What a request gets: an error, or a status word and the bytes of data that were written. */
type Reply = { readonly error: number } | { readonly status: number; readonly count: number };

/** Where the request lies and what it may become. */
interface Slot {
  readonly view: DataView;
  readonly start: number;
  /** Bytes of data that a response may hold here. */
  readonly room: number;
  readonly association: number;
}

export class ControlAnswers {
  readonly #block: ControlBlockReader;
  readonly #monotonic: () => number;
  readonly #limit: TokenBucket;

  /** `monotonic`: milliseconds on a clock that never steps. */
  constructor(block: SharedArrayBuffer, monotonic: () => number = () => performance.now()) {
    this.#block = new ControlBlockReader(block);
    this.#monotonic = monotonic;
    this.#limit = new TokenBucket(PER_SECOND, BURST, monotonic());
  }

  /**
   * Writes the response over the `length` bytes of the request at `start`, in a slot of `capacity` bytes, and returns
   * its length; 0 is silence: not a request, too many of them, or nothing published yet. `now` is the served time of
   * the answer (POSIX seconds of UTC).
   */
  answer(view: DataView, start: number, length: number, capacity: number, now: Readonly<ServedTime>): number {
    if (!isControlRequest(view, start, length, capacity)) return 0;
    if (!this.#limit.take(this.#monotonic())) return 0;
    const contents = this.#block.read();
    if (!contents) return 0;
    const association = view.getUint16(start + CONTROL_FIELD.association);
    // Padding brings the data to a multiple of four, which must fit too.
    const room = Math.min(CONTROL_DATA_BYTES, (capacity & ~3) - CONTROL_HEADER_BYTES);
    const reply = replyTo({ view, start, room, association }, contents, now);
    return writeHeader(view, start, leapOf(now), reply);
  }
}

function replyTo(slot: Slot, contents: ControlContents, now: Readonly<ServedTime>): Reply {
  const opcode = slot.view.getUint8(slot.start + CONTROL_FIELD.operation) & OPCODE_MASK;
  if (opcode !== OPCODE.readStatus && opcode !== OPCODE.readVariables) return { error: CONTROL_ERROR.opcode };
  const { association } = slot;
  if (association > REFERENCE_ASSOCIATION) return { error: CONTROL_ERROR.association };
  const ofSystem = association === SYSTEM_ASSOCIATION;
  if (opcode === OPCODE.readStatus && ofSystem) return listAssociations(slot, contents, now);
  const names = opcode === OPCODE.readStatus ? [] : namesAsked(slot.view, slot.start);
  const variables = ofSystem ? systemVariables(contents, names, now) : choose(contents.peer, names);
  if (!variables) return { error: CONTROL_ERROR.variable };
  const status = ofSystem ? systemStatus(contents, now) : peerStatus(contents, now);
  return { status, count: writeText(slot, variableText(variables, slot.room)) };
}

function systemVariables(
  { system, systemByName }: ControlContents,
  names: readonly string[],
  now: Readonly<ServedTime>,
): Variable[] | undefined {
  const known = names.length === 0 ? system : [...system, ...systemByName];
  return choose(known, names)?.map((variable) => atAnswer(variable, now));
}

/** RFC 9327 §4, read status of association 0: pairs of association and peer status; there is one. */
function listAssociations(slot: Slot, contents: ControlContents, now: Readonly<ServedTime>): Reply {
  const status = systemStatus(contents, now);
  if (slot.room < 4) return { status, count: 0 };
  slot.view.setUint16(slot.start + CONTROL_HEADER_BYTES, REFERENCE_ASSOCIATION);
  slot.view.setUint16(slot.start + CONTROL_HEADER_BYTES + 2, peerStatus(contents, now));
  return { status, count: 4 };
}

function systemStatus(contents: ControlContents, now: Readonly<ServedTime>): number {
  return withLeap(contents.systemStatus, leapOf(now));
}

/** Nothing is followed while nothing is served. */
function peerStatus(contents: ControlContents, now: Readonly<ServedTime>): number {
  return now.synchronised ? contents.peerStatus : rejected(contents.peerStatus);
}

/** Variables by name, in the order asked for; all where none is named; undefined: one of them is unknown. */
function choose(variables: readonly Variable[], names: readonly string[]): readonly Variable[] | undefined {
  if (names.length === 0) return variables;
  const chosen: Variable[] = [];
  for (const name of names) {
    const found = variables.find(([known]) => known === name);
    if (!found) return undefined;
    chosen.push(found);
  }
  return chosen;
}

function writeText({ view, start }: Slot, text: string): number {
  for (let i = 0; i < text.length; i++) view.setUint8(start + CONTROL_HEADER_BYTES + i, text.charCodeAt(i));
  return text.length;
}

/**
 * Turns the request's header into the response's: version, opcode, sequence and association stay. The leap indicator
 * is the system's, as ntpd has it (RFC 9327 leaves it at 0): monitoring plug-ins take it for the alarm. Returns the
 * length of the whole, padded with zeros to four bytes.
 */
function writeHeader(view: DataView, start: number, leap: number, reply: Reply): number {
  const failed = 'error' in reply;
  const count = failed ? 0 : reply.count;
  const version = versionOf(view.getUint8(start));
  const opcode = view.getUint8(start + CONTROL_FIELD.operation) & OPCODE_MASK;
  view.setUint8(start, leapVersionMode(leap, version, MODE.control));
  view.setUint8(start + CONTROL_FIELD.operation, RESPONSE_BIT | (failed ? ERROR_BIT : 0) | opcode);
  view.setUint16(start + CONTROL_FIELD.status, failed ? reply.error << 8 : reply.status);
  view.setUint16(start + CONTROL_FIELD.count, count);
  const padded = (count + 3) & ~3;
  for (let i = count; i < padded; i++) view.setUint8(start + CONTROL_HEADER_BYTES + i, 0);
  return CONTROL_HEADER_BYTES + padded;
}
