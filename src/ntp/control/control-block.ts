/**
 * What control queries (mode 6) may read, as one block of shared memory: the main thread publishes it once a second,
 * answer threads read it when a query comes.
 */
import { createSharedWords, SharedWords } from '../../time/shared-words.ts';

/** Name and value as they go on the wire; text is quoted already. */
export type Variable = readonly [name: string, value: string];

export interface ControlContents {
  /** RFC 9327 §3.1, 16 bits. Its leap indicator is replaced by that of the answer. */
  readonly systemStatus: number;
  /** The most wanted first: those that don't fit into a datagram are left out at the end. */
  readonly system: readonly Variable[];
  /** System variables that are given only to those who name them. */
  readonly systemByName: readonly Variable[];
  /** RFC 9327 §3.2, 16 bits. */
  readonly peerStatus: number;
  readonly peer: readonly Variable[];
}

const BLOCK_WORDS = 1024;
/** The text's length comes first; the text begins at the next float64. */
const TEXT_AT = 8;

/** Memory for one block; empty until its first `write`. */
export function createControlBlock(): SharedArrayBuffer {
  return createSharedWords(BLOCK_WORDS);
}

export class ControlBlockWriter {
  readonly #shared: SharedWords;
  readonly #length: Uint32Array;
  readonly #text: Uint8Array;
  readonly #encoder = new TextEncoder();

  constructor(block: SharedArrayBuffer) {
    this.#shared = new SharedWords(block);
    this.#length = new Uint32Array(this.#shared.words.buffer, 0, 1);
    this.#text = new Uint8Array(this.#shared.words.buffer, TEXT_AT);
  }

  /** Publishes it. Only ever one thread may. What does not fit is left out at the end of the longest list. */
  write(contents: ControlContents): void {
    const system = contents.system.map(printable);
    const systemByName = contents.systemByName.map(printable);
    const peer = contents.peer.map(printable);
    for (;;) {
      const text = JSON.stringify({ ...contents, system, systemByName, peer });
      if (text.length <= this.#text.length) {
        this.#length[0] = this.#encoder.encodeInto(text, this.#text).written;
        this.#shared.publish();
        return;
      }
      longest(system, systemByName, peer).pop();
    }
  }
}

export class ControlBlockReader {
  readonly #shared: SharedWords;
  readonly #length: Uint32Array;
  readonly #text: Uint8Array;
  readonly #decoder = new TextDecoder();
  #contents: ControlContents | undefined;

  constructor(block: SharedArrayBuffer) {
    this.#shared = new SharedWords(block);
    this.#length = new Uint32Array(this.#shared.words.buffer, 0, 1);
    this.#text = new Uint8Array(this.#shared.words.buffer, TEXT_AT);
  }

  /** What was last published; undefined: nothing yet. */
  read(): ControlContents | undefined {
    const length = this.#shared.refresh() ? (this.#length[0] as number) : 0;
    if (length > 0)
      this.#contents = JSON.parse(this.#decoder.decode(this.#text.subarray(0, length))) as ControlContents;
    return this.#contents;
  }
}

function longest(...lists: Variable[][]): Variable[] {
  return lists.reduce((a, b) => (b.length > a.length ? b : a));
}

/** Control characters would end a line for the reader, others have no meaning in the protocol's ASCII. */
function printable([name, value]: Variable): Variable {
  return [name, value.replace(/[^ -~]/g, '?')];
}
