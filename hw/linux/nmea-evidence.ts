/**
 * Does a line carry NMEA 0183? Counts whole sentences with a right checksum, whatever their kind; a line read at
 * the wrong baud rate yields none. Only for choosing a baud rate: what sentences say is `src/nmea`'s.
 */

/** Longest text kept of a sentence; the standard's is 82 bytes, some receivers exceed it. */
const LONGEST = 120;
const SENTENCE = /^\$[A-Z][A-Z0-9]{3,9},[\x20-\x7e]*\*[0-9A-F]{2}$/i;
const DOLLAR = 0x24;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

export class NmeaEvidence {
  /** Sentences with a right checksum since the last `restart`. */
  sentences = 0;
  /** All bytes since the last `restart`. */
  bytes = 0;
  #line = '';

  restart(): void {
    this.sentences = 0;
    this.bytes = 0;
    this.#line = '';
  }

  /** Returns how many right sentences ended within `chunk`. */
  add(chunk: Uint8Array): number {
    const before = this.sentences;
    for (const byte of chunk) this.#addByte(byte);
    this.bytes += chunk.length;
    return this.sentences - before;
  }

  #addByte(byte: number): void {
    if (byte === DOLLAR) this.#line = '$';
    else if (byte === CARRIAGE_RETURN || byte === LINE_FEED) this.#endLine();
    else if (this.#line !== '' && this.#line.length < LONGEST) this.#line += String.fromCharCode(byte);
    else this.#line = '';
  }

  #endLine(): void {
    if (isSentence(this.#line)) this.sentences++;
    this.#line = '';
  }
}

/** `line` without its CR LF. The checksum is the XOR of what lies between `$` and `*`: NMEA 0183 §5.3.1. */
export function isSentence(line: string): boolean {
  if (!SENTENCE.test(line)) return false;
  let sum = 0;
  for (let i = 1; i < line.length - 3; i++) sum ^= line.charCodeAt(i);
  return sum === Number.parseInt(line.slice(-2), 16);
}
