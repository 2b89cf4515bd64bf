/**
 * What the main thread and the answer thread agree on.
 */
import type { UdpSocket } from '../../hw/linux/udp-socket.ts';
import type { BoundAddress } from '../../hw/ports.ts';

/** What the worker is given at its start. */
export interface AnswersJob {
  /** Sockets of the process to serve in batches; undefined: the worker opens `listen` itself, through dgram. */
  readonly sockets: readonly UdpSocket[] | undefined;
  /** An eventfd that ends the worker's wait; with `sockets` only. */
  readonly wakeFd: number;
  readonly listen: readonly { readonly host: string; readonly port: number }[];
  readonly clockBlock: SharedArrayBuffer;
  readonly mapping: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** Which region of the counters is this worker's. */
  readonly region: number;
  /** Int32: see STOP. */
  readonly control: SharedArrayBuffer;
}

/** Index into `control`: not 0 asks the worker to leave. */
export const STOP = 0;

export function createControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** What the worker tells. */
export type AnswersReport =
  | { readonly type: 'serving'; readonly bound: readonly BoundAddress[] }
  /** It can't serve and leaves; one line. */
  | { readonly type: 'failed'; readonly reason: string };

/** What the dgram worker is told, since it waits in its event loop: leave. */
export const LEAVE = 'leave';
