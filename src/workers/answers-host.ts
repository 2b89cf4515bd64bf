/**
 * The main thread's side of the answer thread: opens the sockets, starts the thread, starts it again when it dies.
 *
 * The sockets belong to the process, not to the thread: while a dead thread is replaced, requests wait in the
 * kernel's buffer, with their receive stamps, instead of being refused.
 */
import { Worker } from 'node:worker_threads';
import { EventFd } from '../../hw/linux/event-fd.ts';
import { type SocketCalls, socketCalls } from '../../hw/linux/socket-calls.ts';
import { isIntact, openUdpSockets, type UdpSocket } from '../../hw/linux/udp-socket.ts';
import type { BoundAddress, DeviceState } from '../../hw/ports.ts';
import { createCounters, readCounters } from '../ntp/counters.ts';
import type { OutcomeName } from '../ntp/outcomes.ts';
import { type AnswersJob, type AnswersReport, createControl, LEAVE, STOP } from './answers-protocol.ts';

export interface AnswersOptions {
  /** IP addresses and ports to serve; port 0 lets the kernel choose. */
  readonly listen: readonly { readonly host: string; readonly port: number }[];
  /** See `src/clock/clock-block.ts`. */
  readonly clockBlock: SharedArrayBuffer;
  /** See `src/time/clock-mapping.ts`. */
  readonly mapping: SharedArrayBuffer;
  /** The compiled worker. */
  readonly entry?: URL;
  /** Serve through Node's dgram even where batched sockets work. */
  readonly useDgram?: boolean;
  /** Called whenever `state()` has changed. */
  readonly onState?: (state: AnswersState) => void;
}

export interface AnswersState extends DeviceState {
  /** How often the thread has died and was started again. */
  readonly restarts: number;
}

const SHORTEST_BACK_OFF_MS = 100;
const LONGEST_BACK_OFF_MS = 5_000;
/** A thread that has lived so long has proved itself: the next death starts with the shortest back-off. */
const PROVEN_AFTER_MS = 10_000;
/** Longer than the worker's longest wait, in case the wake-up is lost. */
const LEAVE_WITHIN_MS = 300;

export class AnswersHost {
  readonly #options: AnswersOptions;
  readonly #counters = createCounters(1);
  readonly #control = createControl();
  readonly #calls: SocketCalls | undefined;
  readonly #device: string;
  #sockets: readonly UdpSocket[] = [];
  #wake: EventFd | undefined;
  #bound: readonly BoundAddress[] = [];
  #worker: Worker | undefined;
  #gone: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #backOff = SHORTEST_BACK_OFF_MS;
  #state: AnswersState;

  constructor(options: AnswersOptions) {
    this.#options = options;
    const available = socketCalls();
    this.#calls = options.useDgram === true ? undefined : available.calls;
    const how = this.#calls ? 'in batches' : `through dgram (${available.reason ?? 'as configured'})`;
    this.#device = `${options.listen.map(({ host, port }) => `${host} port ${port}`).join(', ')} ${how}`;
    this.#state = { state: 'closed', device: this.#device, reason: 'not started', restarts: 0 };
  }

  /**
   * Binds and serves. Called once.
   * @throws Error (the promise rejects) of one line when an address can't be bound; nothing stays open then.
   */
  async start(): Promise<readonly BoundAddress[]> {
    this.#setState('opening', '');
    try {
      this.#openSockets();
      await this.#spawn();
    } catch (error) {
      this.#release();
      this.#setState('failed', reasonOf(error));
      throw error;
    }
    return this.#bound;
  }

  /** Datagrams by what became of them, since the start; restarts do not reset it. */
  counters(): Record<OutcomeName, number> {
    return readCounters(this.#counters);
  }

  state(): AnswersState {
    return this.#state;
  }

  /** Ends the thread and closes the sockets; within half a second. May be called at any time, also twice. */
  async stop(): Promise<void> {
    clearTimeout(this.#retry);
    Atomics.store(new Int32Array(this.#control), STOP, 1);
    this.#wake?.signal();
    this.#worker?.postMessage(LEAVE);
    const overdue = setTimeout(() => this.#worker?.terminate(), LEAVE_WITHIN_MS);
    await this.#gone;
    clearTimeout(overdue);
    this.#release();
    this.#setState('closed', 'stopped');
  }

  #stopping(): boolean {
    return Atomics.load(new Int32Array(this.#control), STOP) !== 0;
  }

  /** Opens what is not open, or was closed underneath us; on the ports of the first time. */
  #openSockets(): void {
    const calls = this.#calls;
    if (!calls) return;
    this.#wake ??= new EventFd(calls);
    if (this.#sockets.length > 0 && this.#sockets.every((socket) => isIntact(calls, socket))) return;
    this.#closeSockets();
    this.#sockets = openUdpSockets(calls, this.#listen());
  }

  #listen(): readonly { readonly host: string; readonly port: number }[] {
    if (this.#bound.length === 0) return this.#options.listen;
    return this.#bound.map(({ address, port }) => ({ host: address, port }));
  }

  /** Starts a thread; resolves when it serves, rejects when it leaves before that. */
  #spawn(): Promise<void> {
    const worker = new Worker(this.#options.entry ?? new URL('./answers.js', import.meta.url), {
      workerData: this.#job(),
      name: 'answers',
    });
    this.#worker = worker;
    const born = performance.now();
    let serving = false;
    let reason = '';
    return new Promise((resolve, reject) => {
      worker.on('message', (report: AnswersReport) => {
        if (report.type === 'failed') reason = report.reason;
        else {
          serving = true;
          this.#bound = report.bound;
          this.#setState('open', '');
          resolve();
        }
      });
      worker.on('error', (error) => {
        reason = reasonOf(error);
      });
      this.#gone = new Promise((gone) => {
        worker.on('exit', (code) => {
          this.#worker = undefined;
          const why = reason || `left with code ${code}`;
          if (serving) this.#died(why, performance.now() - born);
          else reject(new Error(why));
          gone();
        });
      });
    });
  }

  #job(): AnswersJob {
    const { clockBlock, mapping } = this.#options;
    return {
      sockets: this.#calls && this.#sockets,
      wakeFd: this.#wake?.fd ?? -1,
      listen: this.#listen(),
      clockBlock,
      mapping,
      counters: this.#counters,
      region: 0,
      control: this.#control,
    };
  }

  #died(reason: string, livedMs: number): void {
    if (this.#stopping()) return;
    if (livedMs > PROVEN_AFTER_MS) this.#backOff = SHORTEST_BACK_OFF_MS;
    const wait = this.#backOff;
    this.#backOff = Math.min(LONGEST_BACK_OFF_MS, wait * 2);
    this.#setState('failed', `the answer thread died: ${reason}; starting it again in ${wait / 1000} s`);
    this.#retry = setTimeout(() => this.#restart(), wait);
  }

  #restart(): void {
    this.#setState('opening', this.#state.reason, this.#state.restarts + 1);
    const again = (error: unknown) => this.#died(reasonOf(error), 0);
    try {
      this.#openSockets();
    } catch (error) {
      again(error);
      return;
    }
    this.#spawn().catch(again);
  }

  #release(): void {
    this.#closeSockets();
    this.#wake?.close();
    this.#wake = undefined;
  }

  /** Leaves out those closed underneath us: their number may be somebody else's by now. */
  #closeSockets(): void {
    const calls = this.#calls;
    if (calls) for (const socket of this.#sockets) if (isIntact(calls, socket)) calls.close(socket.fd);
    this.#sockets = [];
  }

  #setState(state: DeviceState['state'], reason: string, restarts = this.#state.restarts): void {
    this.#state = { state, device: this.#device, reason, restarts };
    this.#options.onState?.(this.#state);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
