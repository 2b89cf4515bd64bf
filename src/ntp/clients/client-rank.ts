/**
 * Which client's record goes first when there are more clients than room: one-time visitors before those who came
 * back, these before regular clients, and of each the one seen longest ago. A flood of forged sources is made of
 * one-time visitors, so it replaces itself and no client that is there to stay.
 *
 * A rank is one word: class (2 bits) above the second last seen (30 bits, wraps in 34 years).
 */
const SECONDS = 0x3fff_ffff;
const CLASS_SHIFT = 30;
const ONCE = 0;
const RETURNED = 1;
const REGULAR = 2;

const REGULAR_PACKETS = 4;
const REGULAR_MS = 60_000;
/** Idle longer, a client counts as a one-time visitor. */
const RETURNED_IDLE_SECONDS = 3_600;
const REGULAR_IDLE_SECONDS = 86_400;
/** Classes lie further apart than 34 years. */
const CLASS_WORTH = 2 ** 31;

export function rankOf(packets: number, firstSeenMs: number, lastSeenMs: number): number {
  const regular = packets >= REGULAR_PACKETS && Math.abs(lastSeenMs - firstSeenMs) >= REGULAR_MS;
  const kind = regular ? REGULAR : packets > 1 ? RETURNED : ONCE;
  return (kind << CLASS_SHIFT) | (((lastSeenMs / 1000) | 0) & SECONDS);
}

/** The least goes first. `seconds`: now, since 1970; regular clients are Infinity unless `regularsToo`. */
export function worthOf(rank: number, seconds: number, regularsToo: boolean): number {
  // Either way: a record from the future is from before the clock was stepped.
  const idle = Math.abs(((seconds - rank) << 2) >> 2);
  let kind = rank >>> CLASS_SHIFT;
  if (idle > (kind === REGULAR ? REGULAR_IDLE_SECONDS : RETURNED_IDLE_SECONDS)) kind = ONCE;
  if (kind === REGULAR && !regularsToo) return Number.POSITIVE_INFINITY;
  return kind * CLASS_WORTH - idle;
}
