/**
 * A lock in one shared word that also counts: even and higher by 2 after each holder, odd while held. So a reader that
 * finds the same even word before and after its copy has a whole copy.
 *
 * Held, the word says since which second. A thread may die while it holds a lock; whoever finds it held for longer
 * than any live thread would takes it over. Until then, and whenever spinning does not help (the holder was put to
 * sleep by the kernel), the caller goes on without: no packet waits for a record.
 */

/** A few microseconds: the holder needs a tenth of one, unless it is not running at all. */
const SPINS = 1_000;
const STALE_SECONDS = 3;

/** What `lock` returns where it has no lock: odd, and so never a word to unlock with. */
export const BUSY = 1;

/**
 * Locks the word; returns what `unlock` needs, or `BUSY`. `seconds` is the time now on any scale, the same for
 * holder and contender (modulo 2³¹).
 */
export function lock(words: Int32Array, at: number, seconds: number): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const next = tryLock(words, at, seconds);
    if (next !== BUSY) return next;
  }
  return takeOver(words, at, seconds);
}

/** The same without waiting, and without taking over: for a second lock, where waiting could deadlock. */
export function tryLock(words: Int32Array, at: number, seconds: number): number {
  const seen = Atomics.load(words, at);
  if ((seen & 1) !== 0) return BUSY;
  return Atomics.compareExchange(words, at, seen, held(seconds)) === seen ? (seen + 2) | 0 : BUSY;
}

/** With the `seconds` given to `lock` and what it returned. Does nothing where the lock was taken over meanwhile. */
export function unlock(words: Int32Array, at: number, seconds: number, next: number): void {
  Atomics.compareExchange(words, at, held(seconds), next);
}

function held(seconds: number): number {
  return (seconds << 1) | 1;
}

function takeOver(words: Int32Array, at: number, seconds: number): number {
  const seen = Atomics.load(words, at);
  if ((seen & 1) === 0) return BUSY;
  // Either way: time may have been stepped back since the holder died.
  const age = Math.abs((held(seconds) - seen) | 0) / 2;
  if (age < STALE_SECONDS) return BUSY;
  return Atomics.compareExchange(words, at, seen, held(seconds)) === seen ? seen & ~1 : BUSY;
}
