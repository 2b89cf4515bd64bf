/**
 * Waiting on several sockets, and on an eventfd that ends the wait. Allocates nothing once made.
 */
import * as os from './socket-calls.ts';

const POLLFD_BYTES = 8;
const REVENTS = 6;
const EVENTFD_BYTES = 8;

export class PollSet {
  readonly #calls: os.SocketCalls;
  readonly #wakeFd: number;
  readonly #sockets: number;
  readonly #pollfds: DataView;
  readonly #pointer: bigint;
  readonly #wakeCount = new Uint8Array(EVENTFD_BYTES);

  /** `wakeFd`: −1 for none. */
  constructor(calls: os.SocketCalls, fds: readonly number[], wakeFd: number) {
    this.#calls = calls;
    this.#wakeFd = wakeFd;
    this.#sockets = fds.length;
    const buffer = new ArrayBuffer((fds.length + 1) * POLLFD_BYTES);
    this.#pollfds = layOut(buffer, [...fds, wakeFd]);
    this.#pointer = calls.address(buffer);
  }

  /** Waits up to `timeout` ms; false on time-out or when a signal came. Uses the wake-up up. */
  wait(timeout: number): boolean {
    const ready = this.#calls.poll(this.#pointer, this.#sockets + 1, timeout);
    if (ready <= 0) return false;
    if (this.events(this.#sockets) !== 0) this.#calls.read(this.#wakeFd, this.#wakeCount, EVENTFD_BYTES);
    return true;
  }

  /** What the last wait found on socket `index`: POLLIN and so on. */
  events(index: number): number {
    return this.#pollfds.getInt16(index * POLLFD_BYTES + REVENTS, true);
  }
}

/** struct pollfd (poll.h): fd 0, events 4, revents 6. A negative descriptor is passed over by the kernel. */
function layOut(buffer: ArrayBuffer, fds: readonly number[]): DataView {
  const view = new DataView(buffer);
  for (const [index, fd] of fds.entries()) {
    view.setInt32(index * POLLFD_BYTES, fd, true);
    view.setInt16(index * POLLFD_BYTES + 4, os.POLLIN, true);
  }
  return view;
}
