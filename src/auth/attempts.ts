/** Attempts to get in: held back after failures, and told to those who watch. */
import type { AuditActor, AuditSink } from '../audit/audit-sink.ts';
import type { EventSink } from '../events/event-sink.ts';
import type { LoginLimiter } from './login-limiter.ts';
import { limited } from './outcome.ts';

export class Attempts {
  readonly #limiter: LoginLimiter;
  readonly #audit: AuditSink;
  readonly #events: EventSink;

  constructor(limiter: LoginLimiter, audit: AuditSink, events: EventSink) {
    this.#limiter = limiter;
    this.#audit = audit;
    this.#events = events;
  }

  /** To be asked before each; undefined: go on. */
  hold(address: string, name: string): ReturnType<typeof limited> | undefined {
    const { wait, first } = this.#limiter.attempt(address, name);
    if (wait === 0) return undefined;
    const data = { address, waitSeconds: wait };
    if (first)
      this.#events.raise('login-limited', `too many failed logins: ${address} must wait ${wait} s`, data);
    return limited(wait, `too many failed attempts: try again in ${wait} s`);
  }

  succeeded(address: string, name: string): void {
    this.#limiter.succeeded(address, name);
  }

  /** `what` names nobody who does not exist: people type their password there. */
  failed(address: string, action: string, what: string): void {
    const actor: AuditActor = { name: 'anyone', role: 'viewer', via: 'open', address };
    this.#audit.record({ actor, action, target: what, before: null, after: null });
    this.#events.raise('login-failed', `${what} from ${address} was refused`, { address });
  }
}
