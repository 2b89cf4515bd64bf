/** An `Auth` with cheap hashes, a virtual clock, and all that it reports. */
import type { AuditRecord } from '../../src/audit/audit-sink.ts';
import { Auth } from '../../src/auth/auth.ts';
import type { Outcome, Refusal } from '../../src/auth/outcome.ts';
import type { UtcNow } from '../../src/time/utc-clock.ts';

/** As fast as scrypt can be: its strength is tested apart. */
export const CHEAP = { log2n: 4, r: 1, p: 1 };
export const PASSWORD = 'correct horse battery';
export const HERE = { address: '192.0.2.7', agent: 'a browser' };

export class World {
  /** Seconds; advance it at will. */
  monotonic = 1000;
  utc: UtcNow = { millis: Date.parse('2026-12-01T00:00:00Z'), trusted: true };
  readonly audit: AuditRecord[] = [];
  readonly events: { type: string; text: string }[] = [];
  readonly warnings: string[] = [];
  readonly #directory: string | undefined;

  constructor(directory?: string) {
    this.#directory = directory;
  }

  /** Both clocks go on. */
  pass(seconds: number): void {
    this.monotonic += seconds;
    this.utc = { ...this.utc, millis: this.utc.millis + seconds * 1000 };
  }

  auth(): Auth {
    return new Auth({
      directory: this.#directory,
      monotonic: () => this.monotonic,
      utc: () => this.utc,
      audit: { record: (entry) => void this.audit.push(entry) },
      events: { raise: (type, text) => void this.events.push({ type, text }) },
      warn: (problem) => void this.warnings.push(problem),
      cost: CHEAP,
    });
  }

  /** With the administrator `ada` made. */
  async claimed(): Promise<Auth> {
    const auth = this.auth();
    if (!auth.claimed) await claim(auth);
    return auth;
  }
}

export async function claim(auth: Auth, name = 'ada', password = PASSWORD) {
  const code = done(await auth.claimCode.renew());
  return done(await auth.claim(HERE, code, name, password));
}

export const ADMIN = { name: 'ada', role: 'admin', via: 'session', address: '192.0.2.7' } as const;
export const always = () => true;

export function done<T>(outcome: Outcome<T>): T {
  if ('refused' in outcome) throw new Error(JSON.stringify(outcome.refused));
  return outcome.done;
}

export function refused(outcome: Outcome<unknown>): Refusal {
  if ('refused' in outcome) return outcome.refused;
  throw new Error('it was not refused');
}
