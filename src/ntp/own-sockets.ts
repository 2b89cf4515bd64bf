/**
 * Our own listening sockets, by address and port. A request from one of them would be an answer's echo: two
 * servers (or one with itself) answering each other for ever.
 */
import { isLoopback, isUnspecified, parseAddress, sameAddress } from '../access/address.ts';

/** For those who join sockets to the responder. */
export { parseAddress };

export class OwnSockets {
  readonly #bound: readonly { readonly address: Uint8Array; readonly port: number }[];
  #host: readonly Uint8Array[] = [];

  /** Addresses that can't be read are left out; `0.0.0.0` and `::` stand for every address of the host. */
  constructor(bound: readonly { readonly address: string; readonly port: number }[]) {
    this.#bound = bound.flatMap(({ address, port }) => {
      const bytes = parseAddress(address);
      return bytes ? [{ address: bytes, port }] : [];
    });
  }

  /** Tells which addresses the host has now. Call again now and then: they change. */
  setHostAddresses(addresses: readonly string[]): void {
    this.#host = addresses.flatMap((text) => parseAddress(text) ?? []);
  }

  /**
   * Whether the source at `at` is one of our sockets. `asked` is the address the request was sent to (at `at` as
   * well): one of the host's addresses by itself.
   */
  has(source: Uint8Array, at: number, port: number, asked: Uint8Array): boolean {
    for (const socket of this.#bound) {
      if (socket.port !== port) continue;
      if (sameAddress(socket.address, 0, source, at)) return true;
      if (isUnspecified(socket.address, 0) && this.#isHost(source, at, asked)) return true;
    }
    return false;
  }

  #isHost(source: Uint8Array, at: number, asked: Uint8Array): boolean {
    if (isLoopback(source, at) || sameAddress(source, at, asked, at)) return true;
    for (const address of this.#host) if (sameAddress(address, 0, source, at)) return true;
    return false;
  }
}
