import { describe, expect, it } from 'vitest';
import { BAUD_RATES, BaudProbe } from '../../../hw/linux/baud-probe.ts';
import { isSentence, NmeaEvidence } from '../../../hw/linux/nmea-evidence.ts';

const SENTENCE = '$GPZDA,120000.00,01,01,2026,00,00*63\r\n';
const bytes = (text: string) => new TextEncoder().encode(text);
const GARBAGE = Uint8Array.from({ length: 300 }, (_, i) => (i * 89 + 7) & 0xff);

/** A receiver at `baud` sends a burst a second; at any other rate garbage arrives. Returns seconds until `stop`. */
function run(
  probe: BaudProbe,
  baud: number | 'silent',
  from: number,
  until: number,
  stop: () => boolean,
): number {
  for (let now = from; now < until; now += 0.25) {
    if (stop()) return now - from;
    const burst = Number.isInteger(now) && baud !== 'silent';
    if (burst) probe.add(probe.baud === baud ? bytes(SENTENCE.repeat(8)) : GARBAGE, now);
    probe.tick(now);
  }
  return Number.POSITIVE_INFINITY;
}

describe('finding the baud rate', () => {
  it.each(BAUD_RATES)('finds %d within 20 s', (baud) => {
    const probe = new BaudProbe(0);
    expect(run(probe, baud, 0, 60, () => probe.verdict === 'good')).toBeLessThan(20);
    expect(probe.baud).toBe(baud);
  });

  it('begins with what was good the last time', () => {
    const probe = new BaudProbe(0, 230_400);
    expect(run(probe, 230_400, 0, 60, () => probe.verdict === 'good')).toBeLessThan(1.5);
  });

  it('tells garbage from silence when every rate was in vain, and finds it later all the same', () => {
    const silent = new BaudProbe(0);
    run(silent, 'silent', 0, 60, () => silent.verdict === 'fruitless');
    expect([silent.verdict, silent.heard]).toEqual(['fruitless', false]);
    expect(run(silent, 4800, 60, 120, () => silent.verdict === 'good')).toBeLessThan(25);
    const garbled = new BaudProbe(0);
    run(garbled, 1200, 0, 60, () => garbled.verdict === 'fruitless');
    expect([garbled.verdict, garbled.heard]).toEqual(['fruitless', true]);
  });

  it('searches again when a good line turns to garbage, but not when it falls silent', () => {
    const probe = new BaudProbe(0);
    run(probe, 9600, 0, 60, () => probe.verdict === 'good');
    run(probe, 'silent', 60, 600, () => probe.verdict !== 'good');
    expect(probe.verdict).toBe('good');
    run(probe, 115_200, 600, 700, () => probe.verdict !== 'good');
    expect(probe.verdict).toBe('searching');
    run(probe, 115_200, 700, 800, () => probe.verdict === 'good');
    expect(probe.baud).toBe(115_200);
  });

  it('keeps a good rate through a few seconds of garbage', () => {
    const probe = new BaudProbe(0);
    run(probe, 9600, 0, 60, () => probe.verdict === 'good');
    run(probe, 1200, 2, 9.5, () => probe.verdict !== 'good');
    expect(probe.verdict).toBe('good');
  });

  it('is not fooled by one sentence, nor hurried by binary messages between sentences', () => {
    const probe = new BaudProbe(0);
    probe.add(bytes(SENTENCE), 0);
    expect(probe.verdict).toBe('searching');
    const mixed = new BaudProbe(0);
    mixed.add(new Uint8Array(2000), 0.1);
    expect(mixed.tick(0.25)).toBe(false);
    mixed.add(bytes(SENTENCE + SENTENCE), 0.9);
    expect(mixed.verdict).toBe('good');
  });
});

describe('evidence of NMEA', () => {
  it.each([
    ['$GPZDA,120000.00,01,01,2026,00,00*63', true],
    ['$GPZDA,120000.00,01,01,2026,00,00*00', false],
    ['$GPZDA,120000.00,01,01,2026,00,00', false],
    ['$gpzda,120000.00,01,01,2026,00,00*63', false],
    ['$PUBX,00*33', true],
    ['$,*2C', false],
    ['', false],
  ])('%s', (line, right) => {
    expect(isSentence(line)).toBe(right);
  });

  it('counts sentences however they are cut into chunks, and between junk', () => {
    const text = `\0\xff$GP${SENTENCE}junk\r\n${SENTENCE}$GPGGA,${'x'.repeat(5000)}\r\n${SENTENCE}`;
    const stream = Uint8Array.from(text, (char) => char.charCodeAt(0));
    for (const size of [1, 7, stream.length]) {
      const evidence = new NmeaEvidence();
      for (let at = 0; at < stream.length; at += size) evidence.add(stream.subarray(at, at + size));
      expect([evidence.sentences, evidence.bytes]).toEqual([3, stream.length]);
    }
  });
});
