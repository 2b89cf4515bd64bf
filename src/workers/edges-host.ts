/**
 * The PPS line as the main thread sees it: a thread waits for the edges (`edges.ts`), this starts it, forwards
 * what it says, and starts another with back-off when it dies.
 */
import { Worker } from 'node:worker_threads';
import { BackOff } from '../../hw/linux/back-off.ts';
import type { PpsSettings } from '../../hw/linux/pps-source.ts';
import { StateReporter } from '../../hw/linux/state-reporter.ts';
import type { PpsDevice, PpsListener, Timers } from '../../hw/ports.ts';
import { CLOSE, type EdgesMessage } from './edges-messages.ts';
import { THREAD_MEMORY } from './thread-memory.ts';

/** A thread that has not ended by itself within this, ms, is terminated. Its longest wait is 200 ms. */
const CLOSING = 1000;

export interface EdgesHostOptions {
  readonly settings: PpsSettings;
  readonly timers: Timers;
  /** The compiled thread entry; by default the one beside this file. */
  readonly entry?: URL;
}

export class EdgesHost implements PpsDevice {
  readonly #options: EdgesHostOptions;
  readonly #backOff = new BackOff();
  #states = new StateReporter(() => {});
  #listener: PpsListener | undefined;
  #worker: Worker | undefined;
  #closed = false;
  #cancelRestart: () => void = () => {};

  constructor(options: EdgesHostOptions) {
    this.#options = options;
  }

  open(listener: PpsListener): void {
    this.#listener = listener;
    this.#states = new StateReporter((state) => listener.state(state));
    this.#start();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRestart();
    if (this.#worker) await stop(this.#worker);
    this.#worker = undefined;
    this.#states.report('closed', this.#states.last?.device ?? this.#options.settings.device);
  }

  #start(): void {
    const entry = this.#options.entry ?? new URL('./edges.js', import.meta.url);
    const worker = new Worker(entry, { workerData: this.#options.settings, ...THREAD_MEMORY });
    this.#worker = worker;
    let cause = 'it ended by itself';
    worker.on('message', (message: EdgesMessage) => this.#message(message));
    worker.on('error', (error) => {
      cause = error.message.split('\n', 1)[0] ?? cause;
    });
    worker.on('exit', () => this.#ended(cause));
  }

  #message(message: EdgesMessage): void {
    if (this.#closed) return;
    if (message.edge) {
      this.#backOff.reset();
      this.#listener?.edge(message.edge);
    } else {
      const { state, device, reason } = message.state;
      this.#states.report(state, device, reason);
    }
  }

  #ended(cause: string): void {
    if (this.#closed) return;
    this.#worker = undefined;
    const { device } = this.#options.settings;
    this.#states.report('failed', device, `the thread that waits for edges died (${cause}): it is restarted`);
    this.#cancelRestart = this.#options.timers.after(this.#backOff.next(), () => this.#start());
  }
}

/** Asks the thread to end, and ends it if it does not. */
async function stop(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const timer = setTimeout(() => void worker.terminate(), CLOSING);
  worker.postMessage(CLOSE);
  await ended;
  clearTimeout(timer);
}
