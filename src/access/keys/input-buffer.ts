/** Room for a datagram and a secret; what is longer is put together in memory of its own. */
const CAPACITY = 2048;

/**
 * Where the input of a MAC is put together: one for all keys of a thread, as they are used one after the other.
 * A view per length is kept, since making one costs as much as copying the message.
 */
export class InputBuffer {
  readonly #bytes = new Uint8Array(CAPACITY);
  readonly #views = new Array<Uint8Array | undefined>(CAPACITY + 1).fill(undefined);

  /** Exactly `length` bytes, to be filled; they hold until the next call. */
  take(length: number): Uint8Array {
    if (length > CAPACITY) return new Uint8Array(length);
    const known = this.#views[length];
    if (known !== undefined) return known;
    const view = this.#bytes.subarray(0, length);
    this.#views[length] = view;
    return view;
  }
}
