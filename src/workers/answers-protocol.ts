/**
 * What the main thread and an answer thread agree on.
 */
import type { UdpSocket } from '../../hw/linux/udp-socket.ts';
import type { BoundAddress } from '../../hw/ports.ts';
import type { ServingSettings, ServingTables } from '../ntp/service.ts';

/** What may change while a thread serves. Always whole: a thread takes over the newest and passes over the others. */
export interface AnswersOrders {
  /** Counts up by one with each issue; equals GENERATION in `control` once the message is in the thread's port. */
  readonly generation: number;
  readonly settings: ServingSettings;
  /** Sockets of the process to serve in batches; not used by dgram. */
  readonly sockets: readonly UdpSocket[];
  /** Every address of the host, so that its own sockets are known where one is bound to all of them. */
  readonly hostAddresses: readonly string[];
}

/** What a thread is given at its start. */
export interface AnswersJob {
  /** Whether it serves `orders.sockets` in batches; else it opens `listen` itself, through dgram. */
  readonly batched: boolean;
  /** An eventfd that ends the thread's wait; −1 where not `batched`. */
  readonly wakeFd: number;
  readonly listen: readonly { readonly host: string; readonly port: number }[];
  readonly clockBlock: SharedArrayBuffer;
  readonly mapping: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly tables: ServingTables;
  /** Which region of the counters is this thread's. */
  readonly region: number;
  /** Int32 words: see STOP, GENERATION, HEARTBEAT. One block per thread. */
  readonly control: SharedArrayBuffer;
  readonly orders: AnswersOrders;
}

/** Indexes into `control`. Not 0 asks the thread to leave. */
export const STOP = 0;
/** Generation of the newest orders in the thread's port. */
export const GENERATION = 1;
/** Raised by the thread at least every 200 ms: one that does not hangs. */
export const HEARTBEAT = 2;

export function createControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
}

/** What a thread tells. */
export type AnswersReport =
  /** It serves, by the orders of its job. */
  | { readonly type: 'serving'; readonly bound: readonly BoundAddress[] }
  /** It serves by these orders from now on; sockets that are not in them are empty, and may be closed. */
  | { readonly type: 'took'; readonly generation: number }
  /** It can't serve and leaves; one line. */
  | { readonly type: 'failed'; readonly reason: string };

/** What is posted to a thread: orders, or (to dgram, which waits in its event loop) to leave. */
export type AnswersMessage = AnswersOrders | typeof LEAVE;
export const LEAVE = 'leave';
