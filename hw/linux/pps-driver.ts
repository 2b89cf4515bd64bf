/**
 * Keeps one of several sources of edges open: takes the first that opens, in order of preference, and starts over
 * with back-off when it fails.
 *
 * `wait` blocks its thread for up to `WAIT` ms, so a driver with blocking sources runs in a thread of its own.
 */
import type { PpsDevice, PpsListener, Timers } from '../ports.ts';
import { BackOff } from './back-off.ts';
import type { EmitEdge, PpsSource } from './pps-source.ts';
import { StateReporter } from './state-reporter.ts';

/** Longest wait in one call, ms: a thread that is to end must not sit in the kernel. */
const WAIT = 200;

export interface PpsDriverOptions {
  /** The sources to try, best first; called before every attempt. */
  readonly sources: () => readonly PpsSource[];
  readonly timers: Timers;
  /** What was asked for, for the state's text: `auto`, `/dev/pps0`. */
  readonly device: string;
}

export class PpsDriver implements PpsDevice {
  readonly #options: PpsDriverOptions;
  readonly #backOff = new BackOff();
  #source: PpsSource | undefined;
  #closed = false;
  #cancel: () => void = () => {};
  #listener: PpsListener | undefined;
  #states: StateReporter = new StateReporter(() => {});
  /** Why better sources were passed over: part of the state's text while a lesser one is in use. */
  #rejected = '';

  constructor(options: PpsDriverOptions) {
    this.#options = options;
  }

  open(listener: PpsListener): void {
    this.#listener = listener;
    this.#states = new StateReporter((state) => listener.state(state));
    this.#states.report('opening', this.#options.device);
    void this.#attempt();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    this.#source?.close();
    this.#source = undefined;
    this.#states.report('closed', this.#states.last?.device ?? this.#options.device);
    return Promise.resolve();
  }

  async #attempt(): Promise<void> {
    const reasons: string[] = [];
    for (const source of this.#options.sources()) {
      const reason = await source.open();
      if (this.#closed) {
        if (reason === undefined) source.close();
        return;
      }
      if (reason === undefined) return this.#use(source, reasons);
      reasons.push(reason);
    }
    this.#retry(this.#options.device, reasons.join('; ') || 'no such kind of PPS device: see pps.device');
  }

  #use(source: PpsSource, reasons: readonly string[]): void {
    this.#source = source;
    this.#rejected = reasons.length > 0 ? `, as ${reasons.join('; ')}` : '';
    this.#pump(source);
  }

  readonly #emit: EmitEdge = (edge) => {
    this.#backOff.reset();
    this.#listener?.edge(edge);
  };

  #pump(source: PpsSource): void {
    this.#reportOpen(source);
    if (this.#closed) return;
    const reason = source.wait(WAIT, this.#emit);
    if (this.#closed) return;
    if (reason !== undefined) {
      source.close();
      this.#source = undefined;
      this.#retry(source.name, reason);
      return;
    }
    this.#cancel = this.#options.timers.after(source.pause, () => this.#pump(source));
  }

  #reportOpen(source: PpsSource): void {
    const searching = source.searching?.() ?? '';
    const note = source.note();
    if (searching !== '') this.#states.report('opening', source.name, searching);
    else this.#states.report('open', `${source.name}${note && ` (${note})`}${this.#rejected}`);
  }

  #retry(device: string, reason: string): void {
    this.#states.report('failed', device, reason);
    this.#cancel = this.#options.timers.after(this.#backOff.next(), () => void this.#attempt());
  }
}
