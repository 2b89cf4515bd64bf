/**
 * Which client's record goes first when there are more clients than room: one-time visitors before those who came
 * back, these before regular clients, and of each the one seen longest ago. A flood of forged sources is made of
 * one-time visitors, so it replaces itself and no client that is there to stay.
 *
 * A rank is one word: class (2 bits) above the second last seen (30 bits, wraps in 34 years).
 */
import { KEEP } from '../../access/shared-table.ts';

const SECONDS = 0x3fff_ffff;
const CLASS_SHIFT = 30;
const ONCE = 0;
const RETURNED = 1;
const REGULAR = 2;

const REGULAR_PACKETS = 4;
const REGULAR_SECONDS = 60;
/** Idle longer, a client counts as a one-time visitor. */
const RETURNED_IDLE_SECONDS = 3_600;
const REGULAR_IDLE_SECONDS = 86_400;
/** Classes lie this far apart; who was idle for longer (8 years) counts as so long. All worths are small integers. */
const CLASS_WORTH = 2 ** 28;

/** `known`: whole seconds from the first packet to the last, negative after a step; `lastSeen`: second since 1970. */
export function rankOf(packets: number, known: number, lastSeen: number): number {
  const regular = packets >= REGULAR_PACKETS && Math.abs(known) >= REGULAR_SECONDS;
  const kind = regular ? REGULAR : packets > 1 ? RETURNED : ONCE;
  return (kind << CLASS_SHIFT) | (lastSeen & SECONDS);
}

/** The least goes first. `seconds`: now, since 1970; regular clients are to be kept unless `regularsToo`. */
export function worthOf(rank: number, seconds: number, regularsToo: boolean): number {
  // Either way: a record from the future is from before the clock was stepped.
  const idle = Math.abs(((seconds - rank) << 2) >> 2);
  let kind = rank >>> CLASS_SHIFT;
  if (idle > (kind === REGULAR ? REGULAR_IDLE_SECONDS : RETURNED_IDLE_SECONDS)) kind = ONCE;
  if (kind === REGULAR && !regularsToo) return KEEP;
  return (kind + 1) * CLASS_WORTH - Math.min(idle, CLASS_WORTH - 1);
}
