/**
 * How the answer threads and their sockets fare together.
 */
import type { DeviceState } from '../../hw/ports.ts';

/** `reason` is also set while `open`: it then names what is not served at the moment. */
export interface AnswersState extends DeviceState {
  /** How often a thread has died or hung and was started again. */
  readonly restarts: number;
  /** What is not served at the moment, and why: a line each. */
  readonly notServed: readonly string[];
}

export interface Circumstances {
  readonly phase: 'new' | 'starting' | 'running' | 'stopped';
  /** Why it could not be started, or empty. */
  readonly failure: string;
  readonly threads: readonly Pick<DeviceState, 'state' | 'reason'>[];
  readonly notServed: readonly string[];
  /** Whether there is anything to serve on. */
  readonly listening: boolean;
}

/** The worst that can be said: a thread that is down, then one that starts, then an address that is missing. */
export function judge(now: Circumstances): Pick<DeviceState, 'state' | 'reason'> {
  if (now.phase === 'new') return { state: 'closed', reason: 'not started' };
  if (now.failure !== '') return { state: 'failed', reason: now.failure };
  if (now.phase === 'stopped') return { state: 'closed', reason: 'stopped' };
  for (const state of ['failed', 'opening'] as const) {
    const thread = now.threads.find((one) => one.state === state);
    if (thread) return { state, reason: thread.reason };
  }
  if (now.phase === 'starting') return { state: 'opening', reason: '' };
  return { state: now.listening ? 'open' : 'opening', reason: now.notServed.join('; ') };
}
