/**
 * The loop of an answer thread that serves in batches. It stays outside of the event loop, and so takes its orders from
 * the port itself, between two batches.
 */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { LinuxDatagramServer } from '../../hw/linux/datagram-server.ts';
import type { SocketCalls } from '../../hw/linux/socket-calls.ts';
import { stopReceiving, type UdpSocket } from '../../hw/linux/udp-socket.ts';
import type { BoundAddress } from '../../hw/ports.ts';
import type { Responder } from '../ntp/responder.ts';
import {
  type AnswersJob,
  type AnswersMessage,
  type AnswersOrders,
  type AnswersReport,
  GENERATION,
  HEARTBEAT,
  LEAVE,
  STOP,
} from './answers-protocol.ts';
import { responderOf } from './answers-responder.ts';

/** A thread that waits in a foreign call for good can't be ended: terminate() and process.exit() would hang. */
const LONGEST_WAIT_MS = 200;
/** More than a receive buffer holds, so that a socket which goes is left empty, yet under a flood it ends. */
const MOST_LAST_BATCHES = 500;

export class BatchLoop {
  readonly #calls: SocketCalls;
  readonly #job: AnswersJob;
  readonly #control: Int32Array;
  readonly #report: (message: AnswersReport) => void;
  readonly #responder: Responder;
  readonly bound: readonly BoundAddress[];
  #sockets: readonly UdpSocket[];
  #generation: number;

  constructor(calls: SocketCalls, job: AnswersJob, report: (message: AnswersReport) => void) {
    this.#calls = calls;
    this.#job = job;
    this.#report = report;
    this.#control = new Int32Array(job.control);
    this.#sockets = job.orders.sockets;
    this.#generation = job.orders.generation;
    const server = this.#serverOn(this.#sockets);
    this.bound = server.bound;
    this.#responder = responderOf(job, server);
  }

  /** Returns when asked to leave. */
  run(): void {
    const control = this.#control;
    while (Atomics.load(control, STOP) === 0) {
      Atomics.add(control, HEARTBEAT, 1);
      this.#responder.serveBatch(LONGEST_WAIT_MS);
      if (Atomics.load(control, GENERATION) !== this.#generation) this.#takeOrders();
    }
  }

  #takeOrders(): void {
    const newest = newestOrders();
    if (!newest) return;
    const { generation, settings, sockets, hostAddresses } = newest;
    this.#responder.apply(settings);
    this.#responder.setHostAddresses(hostAddresses);
    if (!sameSockets(sockets, this.#sockets)) this.#moveTo(sockets);
    this.#generation = generation;
    this.#report({ type: 'took', generation });
  }

  /** Answers what waits in the sockets that go; what comes later is for those that stay or are new. */
  #moveTo(sockets: readonly UdpSocket[]): void {
    const kept = new Set(sockets.map(({ fd }) => fd));
    const going = this.#sockets.filter(({ fd }) => !kept.has(fd));
    for (const socket of going) stopReceiving(this.#calls, socket);
    if (going.length > 0) this.#emptySockets();
    this.#sockets = sockets;
    this.#responder.serveOn(this.#serverOn(sockets));
  }

  #emptySockets(): void {
    for (let batch = 0; batch < MOST_LAST_BATCHES; batch++) if (this.#responder.serveBatch(0) === 0) return;
  }

  #serverOn(sockets: readonly UdpSocket[]): LinuxDatagramServer {
    return new LinuxDatagramServer(this.#calls, sockets, { wakeFd: this.#job.wakeFd });
  }
}

function newestOrders(): AnswersOrders | undefined {
  let newest: AnswersOrders | undefined;
  for (;;) {
    const received = parentPort && receiveMessageOnPort(parentPort);
    if (!received) return newest;
    const message = received.message as AnswersMessage;
    if (message !== LEAVE) newest = message;
  }
}

function sameSockets(a: readonly UdpSocket[], b: readonly UdpSocket[]): boolean {
  return a.length === b.length && a.every(({ fd }, index) => fd === b[index]?.fd);
}
