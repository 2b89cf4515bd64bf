/**
 * An eventfd: a descriptor that one thread signals and another polls, so that a thread waiting in `poll` can be woken.
 */
import * as os from './socket-calls.ts';

export class EventFd {
  readonly #calls: os.SocketCalls;
  readonly fd: number;

  /** @throws Error when the process is out of descriptors. */
  constructor(calls: os.SocketCalls) {
    this.#calls = calls;
    this.fd = calls.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC);
    if (this.fd < 0)
      throw new Error(`eventfd failed with errno ${calls.errno()}: raise the limit on open files`);
  }

  signal(): void {
    this.#calls.write(this.fd, BigUint64Array.of(1n), BigUint64Array.BYTES_PER_ELEMENT);
  }

  /** Only when no thread polls it any more. */
  close(): void {
    this.#calls.close(this.fd);
  }
}
