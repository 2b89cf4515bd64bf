/**
 * Does a line carry NMEA 0183? Counts whole sentences with a right checksum, whatever their kind; a line read at
 * the wrong baud rate yields none. Only for choosing a baud rate: what sentences say is `src/nmea`'s.
 */

import { ReadlineParser } from '@serialport/parser-readline';

const SENTENCE = /^\$[A-Z][A-Z0-9]{3,9},[\x20-\x7e]*\*[0-9A-F]{2}$/i;
/** Bytes without a line's end after which the parser is thrown away: it would keep them all. */
const LONGEST = 4096;

export class NmeaEvidence {
  /** Sentences with a right checksum since the last `restart`. */
  sentences = 0;
  /** All bytes since the last `restart`. */
  bytes = 0;
  #parser = this.#newParser();
  #pending = 0;

  restart(): void {
    this.sentences = 0;
    this.bytes = 0;
  }

  /** Returns how many right sentences ended within `chunk`. */
  add(chunk: Uint8Array): number {
    const before = this.sentences;
    this.bytes += chunk.length;
    this.#pending += chunk.length;
    this.#parser.write(chunk);
    if (this.#pending > LONGEST) {
      this.#parser = this.#newParser();
      this.#pending = 0;
    }
    return this.sentences - before;
  }

  /** Arrival does not matter here, so that lines may be joined from chunks. */
  #newParser(): ReadlineParser {
    const parser = new ReadlineParser({ delimiter: '\n', encoding: 'latin1' });
    // In paused mode lines would come a tick late, after the verdict that they are evidence for.
    parser.push = (line: Buffer | string | null) => {
      if (line !== null) this.#addLine(String(line));
      return true;
    };
    return parser;
  }

  #addLine(line: string): void {
    this.#pending = 0;
    // What stands before the last `$` came at another rate, or is the torn end of a sentence.
    if (isSentence(line.slice(line.lastIndexOf('$')).trimEnd())) this.sentences++;
  }
}

/** `line` without its CR LF. The checksum is the XOR of what lies between `$` and `*`: NMEA 0183 §5.3.1. */
export function isSentence(line: string): boolean {
  if (!SENTENCE.test(line)) return false;
  let sum = 0;
  for (let i = 1; i < line.length - 3; i++) sum ^= line.charCodeAt(i);
  return sum === Number.parseInt(line.slice(-2), 16);
}
