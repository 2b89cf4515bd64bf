/**
 * Bytes → sentences, whatever the bytes are. A sentence keeps the stamp of the read that brought its `$`,
 * and of the first byte after the line was last quiet: labels are decided by when bytes came, not by when
 * they were understood.
 */
import { difference, type Instant } from '../time/instant.ts';
import { NANOS_PER_MILLI } from '../time/units.ts';
import { checksumOf } from './checksum.ts';

/** A sentence with a right checksum. */
export interface Sentence {
  /** The address field: talker and type (`GNRMC`), or a vendor's (`PTNLRTP`). */
  readonly address: string;
  /** The data fields after the address, without the checksum. */
  readonly fields: readonly string[];
  /** `$` to the last checksum digit. */
  readonly text: string;
  /** Arrival of the read that brought its first byte. */
  readonly at: Instant<'Local'>;
  /** Arrival of the first byte since the line was last quiet: where a burst starts. */
  readonly burstAt: Instant<'Local'>;
}

export type Rejection =
  | 'checksum-wrong'
  | 'checksum-missing'
  | 'too-long'
  | 'cut-short'
  | 'malformed'
  | 'junk-bytes';

export interface FramerListener {
  sentence(sentence: Sentence): void;
  /** Something that is no sentence; `junk-bytes` counts a run of bytes outside of any sentence. */
  rejected(reason: Rejection, text: string): void;
}

/** NMEA 0183 allows 82 characters; vendors' sentences are longer. Bounds the memory that garbage can take. */
const MAX_LENGTH = 512;
/** A pause that separates bursts. UARTs and USB deliver within a burst at most some 20 ms apart. */
const QUIET = 60 * NANOS_PER_MILLI;

const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;

export class Framer {
  readonly #listener: FramerListener;
  readonly #buffer = new Uint8Array(MAX_LENGTH);
  #length = 0;
  #inSentence = false;
  #junk = false;
  #at: Instant<'Local'> | undefined;
  #burstAt: Instant<'Local'> | undefined;
  #lastRead: Instant<'Local'> | undefined;

  constructor(listener: FramerListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array, at: Instant<'Local'>): void {
    if (bytes.length === 0) return;
    const pause = this.#lastRead ? difference(at, this.#lastRead) : Number.POSITIVE_INFINITY;
    // A clock that was stepped back also starts afresh.
    if (pause > QUIET || pause < 0) this.#burstAt = at;
    this.#lastRead = at;
    for (const byte of bytes) this.#take(byte, at);
  }

  #take(byte: number, at: Instant<'Local'>): void {
    if (byte === DOLLAR) {
      if (this.#inSentence) this.#end('cut-short');
      this.#endJunk();
      this.#inSentence = true;
      this.#at = at;
      this.#buffer[0] = byte;
      this.#length = 1;
    } else if (!this.#inSentence) {
      if (byte !== CR && byte !== LF) this.#junk = true;
    } else if (byte === CR || byte === LF) {
      this.#end(undefined);
    } else if (byte < 0x20 || byte > 0x7e) {
      this.#end('malformed');
      this.#junk = true;
    } else if (this.#length === MAX_LENGTH) {
      this.#end('too-long');
      this.#junk = true;
    } else {
      this.#buffer[this.#length++] = byte;
    }
  }

  #end(failure: Rejection | undefined): void {
    this.#inSentence = false;
    let text = '';
    for (let i = 0; i < this.#length; i++) text += String.fromCharCode(this.#buffer[i] as number);
    const reason = failure ?? flaw(text);
    if (reason) {
      this.#listener.rejected(reason, text);
      return;
    }
    const [address = '', ...fields] = text.slice(1, -3).split(',');
    const at = this.#at as Instant<'Local'>;
    this.#listener.sentence({ address, fields, text, at, burstAt: this.#burstAt ?? at });
  }

  #endJunk(): void {
    if (this.#junk) this.#listener.rejected('junk-bytes', '');
    this.#junk = false;
  }
}

/** What is wrong with a line that begins with `$`, if anything is. */
function flaw(text: string): Rejection | undefined {
  const star = text.length - 3;
  // A colliding sentence may leave a star further left: then the digits are not where they belong.
  if (text[star] !== '*') return text.includes('*') ? 'malformed' : 'checksum-missing';
  const digits = text.slice(star + 1);
  if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return 'malformed';
  if (Number.parseInt(digits, 16) !== checksumOf(text.slice(1, star))) return 'checksum-wrong';
  return /^[A-Z0-9]{4,12}(,|$)/.test(text.slice(1, star)) ? undefined : 'malformed';
}
