import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { checksumOf, sealed } from '../../src/nmea/checksum.ts';
import { Framer, type Sentence } from '../../src/nmea/framer.ts';
import { at, bytes, framed, GGA, RMC, ZDA } from './lines.ts';

const GOOD = sealed(ZDA('120000'));

/** A sentence of `length` characters from `$` to the last digit. */
const ofLength = (length: number) => sealed(`GPTXT,${'x'.repeat(length - 10)}`);

describe('checksum', () => {
  test('the exclusive-or of what stands between $ and *', () => {
    expect(checksumOf('GPGLL,5300.97914,N,00259.98174,E,125926,A')).toBe(0x28);
    expect(sealed('PMTK220,1000')).toBe('$PMTK220,1000*1F\r\n');
  });
});

describe('a sentence', () => {
  test('comes with address, fields, text and moment', () => {
    const { sentences, rejected } = framed([7, GOOD]);
    expect(sentences).toEqual([
      {
        address: 'GNZDA',
        fields: ['120000', '05', '12', '2026', '00', '00'],
        text: GOOD.trimEnd(),
        at: at(7),
        burstAt: at(7),
      },
    ]);
    expect(rejected).toEqual([]);
  });

  test.each([
    ['carriage return only', GOOD.replace('\n', '')],
    ['line feed only', GOOD.replace('\r', '')],
    ['lower-case digits', sealed('GPTXT,b').toLowerCase().replace('gptxt', 'GPTXT')],
    ['empty lines around', `\r\n\n\r${GOOD}\r\n\r\n`],
    ['no fields', sealed('PUBX')],
    ['511 characters', ofLength(511)],
    ['512 characters', ofLength(512)],
  ])('%s: taken', (_, text) => {
    const { sentences, rejected } = framed([0, text]);
    expect([sentences.length, rejected]).toEqual([1, []]);
  });

  test.each([
    ['wrong checksum', GOOD.replace('2026', '2027'), ['checksum-wrong']],
    ['no checksum', '$GPRMC,120000,A\r\n', ['checksum-missing']],
    ['one digit', '$GPRMC,120000,A*5\r\n', ['malformed']],
    ['digits that are none', '$GPRMC,120000,A*5G\r\n', ['malformed']],
    ['star too far left', '$GPRMC*12,120000,A\r\n', ['malformed']],
    ['only a dollar', '$\r\n', ['checksum-missing']],
    ['no address', '$*00\r\n', ['malformed']],
    ['an address in lower case', sealed('gprmc,1'), ['malformed']],
    ['an address too short', sealed('GPX,1'), ['malformed']],
    ['an address too long', sealed('GPRMCRMCRMCRMC,1'), ['malformed']],
    ['a dollar inside', '$GPRMC,12$GPRMC,1*00\r\n', ['cut-short', 'checksum-wrong']],
    ['a NUL inside', '$GPZDA\0,120000*00\r\n', ['malformed']],
    ['a byte above ASCII', '$GPZDA\xff,120000*00\r\n', ['malformed']],
    ['a tab', '$GPZDA\t,120000*00\r\n', ['malformed']],
    ['513 characters', ofLength(513), ['too-long']],
    ['100,000 characters', ofLength(100_000), ['too-long']],
    ['junk', 'hello\r\nworld\0\0', []],
  ])('%s: refused, and the next one taken', (_, text, reasons) => {
    const after = framed([0, text + GOOD]);
    expect(after.sentences.map(({ text }) => text)).toEqual([GOOD.trimEnd()]);
    expect(after.rejected.filter((reason) => reason !== 'junk-bytes')).toEqual(reasons);
    expect(after.rejected.length).toBeGreaterThan(0);
  });

  test('a run of junk is one rejection', () => {
    expect(framed([0, `${'\xfe'.repeat(5000)}${GOOD}ab\r\ncd${GOOD}`]).rejected).toEqual([
      'junk-bytes',
      'junk-bytes',
    ]);
  });
});

describe('moments', () => {
  test('a sentence has that of the read that brought its dollar, however late the rest', () => {
    const { sentences } = framed([0, GOOD.slice(0, 1)], [20, GOOD.slice(1, 9)], [40, GOOD.slice(9) + GOOD]);
    expect(sentences.map((one) => [one.at, one.burstAt])).toEqual([
      [at(0), at(0)],
      [at(40), at(0)],
    ]);
  });

  test('a burst starts with the first byte after 60 ms of quiet, junk or not', () => {
    const { sentences } = framed([0, GOOD], [60, GOOD], [121, '\r\n'], [140, GOOD], [150, '']);
    expect(sentences.map(({ burstAt }) => burstAt)).toEqual([at(0), at(0), at(121)]);
  });

  test('a clock that was set back starts a burst', () => {
    const { sentences } = framed([5000, GOOD], [10, GOOD]);
    expect(sentences[1]?.burstAt).toEqual(at(10));
  });

  test('an empty read is no byte', () => {
    const { sentences } = framed([0, ''], [500, GOOD]);
    expect(sentences[0]?.burstAt).toEqual(at(500));
  });
});

describe('any bytes', () => {
  const random = new Random(5);
  const bodies = [RMC('120000'), GGA('120000'), ZDA('120000'), 'PMTK001,1', 'GPGSV,1,1,00'];

  /** Sound sentences, mangled ones and junk, in any order. */
  function stream(): string {
    let text = '';
    for (let i = 0; i < 12; i++) {
      const one = sealed(bodies[Math.floor(random.uniform(0, bodies.length))] as string);
      const cut = Math.floor(random.uniform(0, one.length));
      const kind = random.uniform();
      if (kind < 0.5) text += one;
      else if (kind < 0.7) text += one.slice(0, cut);
      else if (kind < 0.9)
        text += one.slice(0, cut) + String.fromCharCode(random.next() & 0xff) + one.slice(cut + 1);
      else text += String.fromCharCode(...Array.from({ length: 40 }, () => random.next() & 0xff));
    }
    return text;
  }

  test('the way a stream is cut into reads changes nothing', () => {
    for (let i = 0; i < 200; i++) {
      const text = stream();
      const whole = framed([0, text]);
      const pieces: [number, string][] = [];
      for (let from = 0; from < text.length; ) {
        const length = 1 + Math.floor(random.uniform(0, 30));
        pieces.push([0, text.slice(from, from + length)]);
        from += length;
      }
      expect(framed(...pieces)).toEqual(whole);
    }
  });

  test('whatever is taken has a right checksum and stood in the stream', () => {
    for (let i = 0; i < 200; i++) {
      const text = stream();
      for (const one of framed([0, text]).sentences) {
        expect(text).toContain(one.text);
        expect(checksumOf(one.text.slice(1, -3))).toBe(Number.parseInt(one.text.slice(-2), 16));
        expect(one.text.length).toBeLessThanOrEqual(512);
      }
    }
  });

  test('random bytes throw nothing, and the sentence behind them is found', () => {
    const found: Sentence[] = [];
    let longest = 0;
    const framer = new Framer({
      sentence: (one) => found.push(one),
      rejected: (_, text) => {
        longest = Math.max(longest, text.length);
      },
    });
    for (let i = 0; i < 300; i++)
      framer.push(
        Uint8Array.from({ length: 1000 }, () => random.next() & 0xff),
        at(i),
      );
    framer.push(bytes(`\r\n${GOOD}`), at(300));
    expect(found.at(-1)?.text).toBe(GOOD.trimEnd());
    expect(longest).toBeLessThanOrEqual(512);
  });
});
