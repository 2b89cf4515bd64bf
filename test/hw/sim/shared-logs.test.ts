/** Real receivers' logs, in a folder next to the project's or where TIMEBALL_RECEIVER_LOGS says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readLogSentence } from '../../../hw/sim/log-fields.ts';
import { sentencesIn } from '../../../hw/sim/log-lines.ts';
import { leadIn, parseLog, replayEvents } from '../../../hw/sim/replay.ts';
import { difference, type Instant, instant } from '../../../src/time/instant.ts';
import { LEAP_TABLE, tai } from './lab.ts';

const { TIMEBALL_RECEIVER_LOGS } = process.env;
const FOLDER =
  TIMEBALL_RECEIVER_LOGS ?? fileURLToPath(new URL('../../../../shared/receivers', import.meta.url));
const logs = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.log')) : [];
const bytesOf = (name: string) => readFileSync(join(FOLDER, name));
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Logs made of pieces from different times. */
const SPLICED = ['bt451.log'];

/** Times of the sentences that name a date too and can be believed. */
function namedTimes(text: string): Instant<'TAI'>[] {
  return sentencesIn(text).flatMap((part) => {
    const { time, day, checksum } = readLogSentence(part) ?? {};
    return time && day !== undefined && checksum !== 'wrong' ? [LEAP_TABLE.toTai({ day, ...time })] : [];
  });
}

/** Everything that is not a comment. */
function payload(log: Buffer): string {
  const lines = log.toString('latin1').split(/(?<=\n)/);
  return lines.filter((line) => !line.startsWith('#')).join('');
}

describe.skipIf(logs.length === 0)(`receiver logs in ${FOLDER} (skipped where there are none)`, () => {
  it.each(logs)('%s: no byte is lost, and time runs on', (name) => {
    const log = bytesOf(name);
    const epochs = parseLog(log);
    expect(epochs.length).toBeGreaterThan(10);
    const sent = epochs.map(({ bytes }) => latin1(bytes)).join('');
    expect([...sent].sort().join('')).toBe([...payload(log)].sort().join(''));
    for (const [i, { elapsed }] of epochs.entries())
      expect(elapsed).toBeGreaterThanOrEqual(epochs[i - 1]?.elapsed ?? 0);
  });

  it.each(logs)('%s: rebased to now, each valid burst comes just after the time it names', (name) => {
    const epochs = parseLog(bytesOf(name));
    const start = tai('2026-11-21T12:00:00Z');
    const rebaseTo = instant<'TAI'>(start.seconds + leadIn(epochs));
    const options = { leapTable: LEAP_TABLE, loop: false, delayMs: 100, rebaseTo };
    const events = [...replayEvents(epochs, options)];
    expect(events).toHaveLength(epochs.length);
    const delays = events.flatMap(({ at, bytes }, i) =>
      epochs[i]?.valid ? namedTimes(latin1(bytes)).map((named) => difference(at, named) / 1e9) : [],
    );
    expect(delays.length > 0).toBe(epochs.some(({ valid, dated }) => valid && dated));
    for (const delay of delays) {
      // Logs put together from pieces go back by whole seconds; one receiver moves its epoch back by 0.3 s.
      const phase = delay - Math.floor(delay);
      expect(phase).toBeGreaterThan(0.099);
      expect(phase).toBeLessThan(0.41);
    }
    const usual = delays.filter((delay) => delay < 0.41).length;
    expect(usual).toBeGreaterThanOrEqual(SPLICED.includes(name) ? 1 : delays.length);
  });

  it.each(logs)('%s: right checksums stay right, wrong ones wrong', (name) => {
    const log = bytesOf(name);
    const epochs = parseLog(log);
    const options = {
      leapTable: LEAP_TABLE,
      loop: false,
      delayMs: 100,
      rebaseTo: tai('2030-01-01T00:00:00Z'),
    };
    const sums = (text: string) => sentencesIn(text).map((part) => readLogSentence(part)?.checksum);
    for (const [i, { bytes }] of [...replayEvents(epochs, options)].entries())
      expect(sums(latin1(bytes))).toEqual(sums(latin1(epochs[i]?.bytes ?? new Uint8Array())));
  });
});
