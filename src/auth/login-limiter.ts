/**
 * Holds back those who guess: after a few failures each further attempt has to wait twice as long as the one before,
 * by address and by name. Bounded memory, whatever comes in.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { clientNetwork } from '../config/address-text.ts';

/** Failures that cost nothing: people mistype. */
const FREE = 5;
/** Longest waits, seconds. A name's is short: whoever fails on purpose must not lock its owner out for long. */
const LONGEST_BY_ADDRESS = 900;
const LONGEST_BY_NAME = 60;
/** Seconds without an attempt after which its failures are forgotten. */
const FORGET_AFTER = 3600;
const MOST_ADDRESSES = 4096;
const NAME_SLOTS = 1024;

interface Failures {
  count: number;
  /** Monotonic seconds: no attempt before it. */
  until: number;
  at: number;
}

export interface LimiterOptions {
  /** Seconds on a clock that never steps. */
  readonly monotonic: () => number;
}

/** `wait` in seconds, 0: go on. `first`: this is the first refusal since the last attempt, so worth an event. */
export interface Attempt {
  readonly wait: number;
  readonly first: boolean;
}

export class LoginLimiter {
  readonly #monotonic: () => number;
  /** By address, the one that was longest not heard of first. */
  readonly #addresses = new Map<string, Failures>();
  /** By a keyed hash of the name: unknown names fill no memory, and push no known one out. */
  readonly #names = new Map<number, Failures>();
  readonly #key = randomBytes(32);
  /** Addresses and names whose present wait was told already. */
  readonly #told = new WeakSet<Failures>();

  constructor({ monotonic }: LimiterOptions) {
    this.#monotonic = monotonic;
  }

  /**
   * Asks for an attempt. One that is granted counts as failed until `succeeded` says otherwise, so that a crowd of
   * attempts at once counts too.
   */
  attempt(address: string, name: string): Attempt {
    const now = this.#monotonic();
    const byAddress = this.#failures(this.#addresses, clientNetwork(address), now);
    const byName = this.#failures(this.#names, this.#slot(name), now);
    this.#bound();
    const wait = Math.ceil(Math.max(byAddress.until, byName.until) - now);
    if (wait > 0) {
      const longest = byAddress.until > byName.until ? byAddress : byName;
      const first = !this.#told.has(longest);
      this.#told.add(longest);
      return { wait, first };
    }
    this.#charge(byAddress, now, LONGEST_BY_ADDRESS);
    this.#charge(byName, now, LONGEST_BY_NAME);
    return { wait: 0, first: false };
  }

  /** The attempt that was granted last succeeded: both begin anew. */
  succeeded(address: string, name: string): void {
    this.#addresses.delete(clientNetwork(address));
    this.#names.delete(this.#slot(name));
  }

  /** Entries kept, for those who watch memory. */
  get size(): number {
    return this.#addresses.size + this.#names.size;
  }

  #failures<K>(map: Map<K, Failures>, key: K, now: number): Failures {
    const known = map.get(key);
    const failures = known && now - known.at < FORGET_AFTER ? known : { count: 0, until: now, at: now };
    map.delete(key);
    map.set(key, failures);
    return failures;
  }

  #charge(failures: Failures, now: number, longest: number): void {
    failures.count += 1;
    failures.at = now;
    this.#told.delete(failures);
    const excess = failures.count - FREE;
    failures.until = excess < 0 ? now : now + Math.min(longest, 2 ** excess);
  }

  #bound(): void {
    for (const oldest of this.#addresses.keys()) {
      if (this.#addresses.size <= MOST_ADDRESSES) return;
      this.#addresses.delete(oldest);
    }
  }

  #slot(name: string): number {
    const hash = createHmac('sha256', this.#key).update(name.toLowerCase()).digest();
    return hash.readUInt32BE(0) % NAME_SLOTS;
  }
}
