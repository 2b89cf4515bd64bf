/** A recorded log as lines of bytes: nothing is changed, only comments go. */
import { type LogSentence, readLogSentence } from './log-fields.ts';

const LINE_FEED = 0x0a;

export interface LogLine {
  /** With its line ending. */
  readonly bytes: Uint8Array;
  /** The sentence with a time in it, or else the first of the five kinds that the line has. */
  readonly sentence: LogSentence | undefined;
  /** Talker and formatter of the line's first sentence of any kind; with `,1` for a first GSV. */
  readonly head: string;
}

/** Lines starting with `#` are comments, unless they are binary. */
export function logLines(log: Uint8Array): LogLine[] {
  const lines: LogLine[] = [];
  for (let start = 0; start < log.length; ) {
    const feed = log.indexOf(LINE_FEED, start);
    const end = feed < 0 ? log.length : feed + 1;
    const bytes = log.subarray(start, end);
    const text = textOf(bytes);
    if (!isComment(text)) lines.push({ bytes, sentence: bestSentence(text), head: headOf(text) });
    start = end;
  }
  return lines;
}

/** One character per byte, and back: no byte is lost. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** `text` cut before every `$`: a sentence may start in the middle of another. */
export function sentencesIn(text: string): string[] {
  return text.split(/(?=\$)/);
}

function isComment(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters tell binary from text
  return text.startsWith('#') && !/[\x00-\x08\x0e-\x1f]/.test(text);
}

function bestSentence(text: string): LogSentence | undefined {
  let best: LogSentence | undefined;
  for (const part of sentencesIn(text)) {
    const sentence = readLogSentence(part);
    if (sentence?.time && sentence.checksum !== 'wrong') return sentence;
    best ??= sentence;
  }
  return best;
}

function headOf(text: string): string {
  const match = /\$([A-Z]{5,})(?:,\d+,(\d+),)?/.exec(text);
  if (!match) return '';
  return match[1]?.endsWith('GSV') ? `${match[1]},${match[2] ?? ''}` : (match[1] ?? '');
}
