/** Sentences and stamps for tests. */
import { type Burst, BurstAssembler } from '../../src/nmea/burst.ts';
import { sealed } from '../../src/nmea/checksum.ts';
import { Framer, type Rejection, type Sentence } from '../../src/nmea/framer.ts';
import { add, type Instant, instant } from '../../src/time/instant.ts';

const START = instant<'Local'>(1_796_000_000);

/** A local reading `milliseconds` after some fixed one. */
export function at(milliseconds: number): Instant<'Local'> {
  return add(START, milliseconds * 1e6);
}

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

export interface Framed {
  readonly sentences: Sentence[];
  readonly rejected: Rejection[];
}

/** Frames chunks of text, each with the moment (ms) that it came. */
export function framed(...chunks: readonly (readonly [ms: number, text: string])[]): Framed {
  const result: Framed = { sentences: [], rejected: [] };
  const framer = new Framer({
    sentence: (sentence) => result.sentences.push(sentence),
    rejected: (reason) => result.rejected.push(reason),
  });
  for (const [ms, text] of chunks) framer.push(bytes(text), at(ms));
  return result;
}

/** One sentence from its body, e.g. `GPZDA,120000,05,12,2026,,`. */
export function sentence(body: string, ms = 0): Sentence {
  const [only] = framed([ms, sealed(body)]).sentences;
  if (!only) throw new Error(`no sentence: ${body}`);
  return only;
}

/** What bodies, each at its moment (ms), make as bursts; the line goes quiet at the end. */
export function bursts(...lines: readonly (readonly [ms: number, ...bodies: string[]])[]): Burst[] {
  const found: Burst[] = [];
  const assembler = new BurstAssembler((burst) => found.push(burst));
  const chunks = lines.map(([ms, ...bodies]) => [ms, bodies.map(sealed).join('')] as const);
  for (const one of framed(...chunks).sentences) assembler.push(one);
  assembler.close();
  return found;
}

export const RMC = (time: string, date = '051226', status = 'A', mode = 'A') =>
  `GNRMC,${time},${status},5230.00,N,01323.00,E,0.0,0.0,${date},,,${mode}`;
export const GGA = (time: string, quality = '1', talker = 'GN') =>
  `${talker}GGA,${time},5230.00,N,01323.00,E,${quality},08,0.9,34.0,M,40.0,M,,`;
export const ZDA = (time: string, date = '05,12,2026') => `GNZDA,${time},${date},00,00`;
