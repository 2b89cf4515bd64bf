/**
 * The main thread's side of the answer threads: joins the sockets (`listening.ts`) to the threads (`answer-thread.ts`),
 * hands new settings and new sockets over between two batches, and follows the host's interfaces.
 */
import { ownInterfaces } from '../../hw/linux/own-interfaces.ts';
import { type SocketCalls, socketCalls } from '../../hw/linux/socket-calls.ts';
import type { BoundAddress } from '../../hw/ports.ts';
import { createCounters, readCounters } from '../ntp/counters.ts';
import type { CounterName } from '../ntp/outcomes.ts';
import type { ServingSettings } from '../ntp/service.ts';
import { type AnswersPlan, oneLine } from './answer-life.ts';
import { AnswerThread } from './answer-thread.ts';
import type { AnswersOptions } from './answers-options.ts';
import type { AnswersOrders } from './answers-protocol.ts';
import { type AnswersState, type Circumstances, judge } from './answers-state.ts';
import type { ListenEntry } from './endpoints.ts';
import { Listening } from './listening.ts';

export type { AnswersOptions, AnswersState };

interface Waiting {
  readonly generation: number;
  readonly done: () => void;
}

const LOOK_EVERY_MS = 2_000;
const HEARTBEAT_EVERY_MS = 1_000;

export class AnswersHost {
  readonly #options: AnswersOptions;
  readonly #calls: SocketCalls | undefined;
  readonly #device: string;
  readonly #listening: Listening | undefined;
  readonly #threads: readonly AnswerThread[];
  readonly #counters: SharedArrayBuffer;
  #listen: readonly ListenEntry[];
  #settings: ServingSettings;
  #hostAddresses: readonly string[] = hostAddresses();
  #generation = 0;
  #waiting: readonly Waiting[] = [];
  #timers: readonly NodeJS.Timeout[] = [];
  #phase: Circumstances['phase'] = 'new';
  #failure = '';
  #state: AnswersState;

  constructor(options: AnswersOptions) {
    this.#options = options;
    this.#listen = options.listen;
    this.#settings = options.settings;
    const available = socketCalls();
    this.#calls = options.useDgram === true ? undefined : available.calls;
    const threads = this.#calls ? (options.workers ?? 1) : 1;
    this.#listening =
      this.#calls && new Listening({ calls: this.#calls, threads, freeBind: options.freeBind === true });
    const how = this.#calls ? 'in batches' : `through dgram (${available.reason ?? 'as configured'})`;
    this.#device = `${options.listen.map(named).join(', ')} ${how}`;
    this.#counters = createCounters(threads);
    this.#threads = Array.from({ length: threads }, (_, index) => this.#thread(index, threads));
    this.#state = this.#stateNow();
  }

  /**
   * Binds and serves. Called once.
   * @throws Error (the promise rejects) of one line when an address can't be bound; nothing stays open then.
   */
  async start(): Promise<readonly BoundAddress[]> {
    this.#phase = 'starting';
    this.#publish();
    try {
      this.#listening?.open(this.#listen);
      this.#listening?.look(this.#hostAddresses);
      await Promise.all(this.#threads.map((thread) => thread.start()));
    } catch (error) {
      this.#failure = oneLine(error);
      await this.stop();
      throw error;
    }
    this.#phase = 'running';
    this.#publish();
    const { lookEvery = LOOK_EVERY_MS, heartbeatEvery = HEARTBEAT_EVERY_MS } = this.#options;
    this.#timers = [
      setInterval(() => this.#look(), lookEvery),
      setInterval(() => this.#lookAtThreads(), heartbeatEvery),
    ];
    return this.#threads[0]?.bound ?? [];
  }

  /**
   * Resolves when every thread that lives serves by these settings (or the host was stopped); no request is lost
   * meanwhile.
   */
  apply(settings: ServingSettings): Promise<void> {
    this.#settings = settings;
    return this.#issue();
  }

  /**
   * Serves other addresses; resolves when every thread does. No request is lost on what stays, also where old and new
   * overlap. What can't be had is told by `state()`, and tried again. Through dgram it takes a new start.
   */
  listenOn(listen: readonly ListenEntry[]): Promise<void> {
    this.#listen = listen;
    this.#listening?.change(listen);
    this.#listening?.look(this.#hostAddresses);
    return this.#issue();
  }

  /** Datagrams by what became of them, since the start; restarts do not reset it. */
  counters(): Record<CounterName, number> {
    return readCounters(this.#counters);
  }

  /** The same by thread: clients stay with one thread each, so that their load may be uneven. */
  countersByThread(): readonly Readonly<Record<CounterName, number>>[] {
    return this.#threads.map((_, thread) => readCounters(this.#counters, thread));
  }

  /** Datagrams that the kernel dropped because the threads did not keep up, since the start; 0 where it can't be told. */
  kernelDrops(): number {
    return this.#listening?.drops() ?? 0;
  }

  state(): AnswersState {
    return this.#state;
  }

  /** Ends the threads and closes the sockets; within half a second. May be called at any time, also twice. */
  async stop(): Promise<void> {
    this.#phase = 'stopped';
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#threads.map((thread) => thread.stop()));
    this.#listening?.close();
    this.#settle();
    this.#publish();
  }

  #thread(index: number, count: number): AnswerThread {
    return new AnswerThread({
      entry: this.#options.entry ?? new URL('./answers.js', import.meta.url),
      title: count === 1 ? 'the answer thread' : `answer thread ${index + 1} of ${count}`,
      calls: this.#calls,
      plan: () => this.#plan(index),
      onChange: () => this.#threadChanged(),
    });
  }

  /** @throws Error of one line when a socket was closed underneath us and can't be opened again. */
  #plan(thread: number): AnswersPlan {
    this.#listening?.repair();
    const { clockBlock, mapping, tables } = this.#options;
    const counters = this.#counters;
    const orders = this.#orders(thread);
    return { clockBlock, mapping, tables, counters, region: thread, listen: this.#dgramListen(), orders };
  }

  #orders(thread: number): AnswersOrders {
    return {
      generation: this.#generation,
      settings: this.#settings,
      sockets: this.#listening?.sockets(thread) ?? [],
      hostAddresses: this.#hostAddresses,
    };
  }

  /** On the ports of the first time; dgram can't bind to interfaces. */
  #dgramListen(): readonly { readonly host: string; readonly port: number }[] {
    const bound = this.#threads[0]?.bound ?? [];
    if (bound.length > 0) return bound.map(({ address, port }) => ({ host: address, port }));
    return this.#listen.flatMap(({ host, port }) => (host === undefined ? [] : { host, port }));
  }

  /** Has all threads take over what is true now, then closes the sockets that are not in use any more. */
  async #issue(): Promise<void> {
    const generation = ++this.#generation;
    const retired = this.#listening?.retired ?? [];
    const taken = new Promise<void>((done) => {
      this.#waiting = [...this.#waiting, { generation, done }];
    });
    for (const [index, thread] of this.#threads.entries()) thread.order(this.#orders(index));
    this.#settle();
    await taken;
    this.#listening?.closeSockets(retired);
    this.#publish();
  }

  /** Resolves what every thread has taken over; a dead one will begin with it. */
  #settle(): void {
    const oldest = Math.min(...this.#threads.filter(({ alive }) => alive).map(({ taken }) => taken));
    const settled = ({ generation }: Waiting) => this.#phase === 'stopped' || generation <= oldest;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((one) => !settled(one));
    for (const one of waiting) if (settled(one)) one.done();
  }

  #look(): void {
    const addresses = hostAddresses();
    const moved = this.#listening?.look(addresses) ?? false;
    const others = addresses.join() !== this.#hostAddresses.join();
    this.#hostAddresses = addresses;
    if (moved || others) void this.#issue();
    this.#publish();
  }

  #lookAtThreads(): void {
    for (const thread of this.#threads) thread.look();
  }

  #threadChanged(): void {
    this.#settle();
    this.#publish();
  }

  #stateNow(): AnswersState {
    const restarts = this.#threads.reduce((sum, thread) => sum + thread.restarts, 0);
    const notServed = this.#phase === 'stopped' ? [] : this.#problems();
    const judged = judge({
      phase: this.#phase,
      failure: this.#failure,
      threads: this.#threads,
      notServed,
      listening: !this.#listening || this.#listening.sockets(0).length > 0,
    });
    return { ...judged, device: this.#device, restarts, notServed };
  }

  #problems(): readonly string[] {
    if (this.#listening) return this.#listening.problems();
    const devices = this.#listen.flatMap(({ device }) => device ?? []);
    return devices.map(
      (device) => `${device}: dgram can't be bound to an interface: list its addresses instead`,
    );
  }

  #publish(): void {
    const state = this.#stateNow();
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

function named({ host, device, port }: ListenEntry): string {
  return `${host ?? device} port ${port}`;
}

/** Sorted, so that the same addresses compare equal. */
function hostAddresses(): string[] {
  const interfaces = Object.values(ownInterfaces());
  return interfaces.flatMap((list) => list?.map(({ address }) => address) ?? []).sort();
}
