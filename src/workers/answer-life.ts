/**
 * One worker of an answer thread, from its start to its end.
 */
import { Worker } from 'node:worker_threads';
import { EventFd } from '../../hw/linux/event-fd.ts';
import type { SocketCalls } from '../../hw/linux/socket-calls.ts';
import type { BoundAddress } from '../../hw/ports.ts';
import {
  type AnswersJob,
  type AnswersMessage,
  type AnswersOrders,
  type AnswersReport,
  createControl,
  GENERATION,
  HEARTBEAT,
  LEAVE,
  STOP,
} from './answers-protocol.ts';
import { THREAD_MEMORY } from './thread-memory.ts';

/** The job but for what belongs to one life. */
export type AnswersPlan = Omit<AnswersJob, 'control' | 'wakeFd' | 'batched'>;

export interface LifeListener {
  serving(bound: readonly BoundAddress[]): void;
  took(generation: number): void;
  /** Called once, last. `reason` is one line. */
  ended(reason: string): void;
}

/** Longer than the worker's longest wait, in case the wake-up is lost. */
const LEAVE_WITHIN_MS = 300;

export class AnswerLife {
  readonly #worker: Worker;
  readonly #control = createControl();
  readonly #wake: EventFd | undefined;
  readonly #born = performance.now();
  readonly #gone: Promise<void>;
  #serving = false;
  #heartbeat = 0;
  #silentLooks = 0;

  /**
   * Starts it: in batches with `calls`, else through dgram.
   * @throws Error when the process is out of descriptors.
   */
  constructor(entry: URL, plan: AnswersPlan, calls: SocketCalls | undefined, listener: LifeListener) {
    this.#wake = calls && new EventFd(calls);
    Atomics.store(this.#control, GENERATION, plan.orders.generation);
    const workerData: AnswersJob = {
      ...plan,
      batched: calls !== undefined,
      wakeFd: this.#wake?.fd ?? -1,
      control: this.#control.buffer as SharedArrayBuffer,
    };
    this.#worker = new Worker(entry, { workerData, name: 'answers', ...THREAD_MEMORY });
    this.#gone = this.#listen(listener, plan.orders.generation);
  }

  #listen(listener: LifeListener, generation: number): Promise<void> {
    let reason = '';
    this.#worker.on('error', (error: unknown) => {
      reason = oneLine(error);
    });
    this.#worker.on('message', (report: AnswersReport) => {
      if (report.type === 'failed') reason = report.reason;
      else if (report.type === 'took') listener.took(report.generation);
      else {
        this.#serving = true;
        this.#silentLooks = 0;
        listener.serving(report.bound);
        listener.took(generation);
      }
    });
    return new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#wake?.close();
        listener.ended(reason || `left with code ${code}`);
        resolve();
      });
    });
  }

  /** Whether it has begun to serve. */
  get serving(): boolean {
    return this.#serving;
  }

  get ageMs(): number {
    return performance.now() - this.#born;
  }

  /** Posts new orders, to be taken over between two batches. */
  order(orders: AnswersOrders): void {
    this.#worker.postMessage(orders satisfies AnswersMessage);
    Atomics.store(this.#control, GENERATION, orders.generation); // behind the message: who sees it finds the message
    this.#wake?.signal();
  }

  /** How many looks in a row, this one included, there was no heartbeat. */
  look(): number {
    const heartbeat = Atomics.load(this.#control, HEARTBEAT);
    this.#silentLooks = heartbeat === this.#heartbeat ? this.#silentLooks + 1 : 0;
    this.#heartbeat = heartbeat;
    return this.#silentLooks;
  }

  /** Ends it, between two batches if it still listens; resolves when it is gone. */
  async end(): Promise<void> {
    this.#askToLeave();
    const overdue = setTimeout(() => void this.#worker.terminate(), LEAVE_WITHIN_MS);
    await this.#gone;
    clearTimeout(overdue);
  }

  /** For one that hangs: ends it if it can be ended, without waiting. In a foreign call, it can't be. */
  abandon(): void {
    this.#askToLeave();
    this.#worker.unref();
    void this.#worker.terminate();
  }

  #askToLeave(): void {
    Atomics.store(this.#control, STOP, 1);
    this.#wake?.signal();
    this.#worker.postMessage(LEAVE satisfies AnswersMessage);
  }
}

export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}
