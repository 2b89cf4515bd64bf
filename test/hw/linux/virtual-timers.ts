/**
 * Timers whose time passes only when told to. `advance` also lets promises settle between two tasks.
 */
import type { Timers } from '../../../hw/ports.ts';

interface Task {
  at: number;
  readonly every: number | undefined;
  readonly run: () => void;
}

export class VirtualTimers implements Timers {
  now = 0;
  readonly #tasks = new Set<Task>();

  every(milliseconds: number, run: () => void): () => void {
    return this.#add({ at: this.now + milliseconds, every: milliseconds, run });
  }

  after(milliseconds: number, run: () => void): () => void {
    return this.#add({ at: this.now + milliseconds, every: undefined, run });
  }

  monotonic(): number {
    return this.now / 1000;
  }

  /** Runs everything that is due until `milliseconds` from now. A task may itself move `now` on. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.now + milliseconds;
    for (;;) {
      await settle();
      const next = [...this.#tasks].sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.now = Math.max(this.now, next.at);
      if (next.every === undefined) this.#tasks.delete(next);
      else next.at = this.now + next.every;
      next.run();
    }
    this.now = Math.max(this.now, until);
  }

  /** Resolves when something waits for its time. */
  async planned(): Promise<void> {
    while (this.#tasks.size === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #add(task: Task): () => void {
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
