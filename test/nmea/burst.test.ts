import { describe, expect, test } from 'vitest';
import { BurstAssembler } from '../../src/nmea/burst.ts';
import { sealed } from '../../src/nmea/checksum.ts';
import { parseUtc } from '../../src/time/utc.ts';
import { at, bursts, framed, GGA, RMC, ZDA } from './lines.ts';

const DAY = parseUtc('2026-12-05')?.day;
const time = (second: number, nanos = 0) => ({ second, nanos });
const GSV = 'GPGSV,1,1,01,05,40,120,38';

describe('where bursts begin and end', () => {
  test('one a second with a pause between', () => {
    const found = bursts([100, RMC('120000'), GGA('120000'), GSV], [1100, RMC('120001'), GGA('120001'), GSV]);
    expect(found).toEqual([
      { startedAt: at(100), fix: true, time: time(43_200), day: DAY },
      { startedAt: at(1100), fix: true, time: time(43_201), day: DAY },
    ]);
  });

  test('bytes that are no timing sentence begin it too', () => {
    const [burst] = bursts([100, GSV], [150, RMC('120000')]);
    expect(burst?.startedAt).toEqual(at(100));
  });

  test('without a pause the new time begins one, at its own sentence', () => {
    const found = bursts(
      [100, RMC('120000'), GGA('120000')],
      [150, GSV],
      [200, GSV],
      [250, RMC('120001')],
      [300, GGA('120001')],
      [350, RMC('120002')],
    );
    expect(found.map(({ startedAt, time }) => [startedAt, time?.second])).toEqual([
      [at(100), 43_200],
      [at(250), 43_201],
      [at(350), 43_202],
    ]);
  });

  test('at 5 Hz each epoch is a burst, paused or in one read', () => {
    const epochs = ['120000.00', '120000.20', '120000.40', '120000.60', '120000.80'];
    const paused = bursts(...epochs.map((text, i) => [100 + 200 * i, RMC(text), GGA(text)] as const));
    expect(paused.map(({ time }) => time?.nanos)).toEqual([0, 2e8, 4e8, 6e8, 8e8]);
    expect(paused[3]?.startedAt).toEqual(at(700));
    const together = bursts([100, ...epochs.flatMap((text) => [RMC(text), GGA(text)])]);
    expect(together.map(({ time }) => time?.nanos)).toEqual([0, 2e8, 4e8, 6e8, 8e8]);
  });

  test('a tail after a pause is a burst of its own that vouches for nothing', () => {
    const found = bursts([100, RMC('120000')], [700, ZDA('120000')], [1100, RMC('120001')]);
    expect(found.map(({ fix, startedAt }) => [fix, startedAt])).toEqual([
      [true, at(100)],
      [undefined, at(700)],
      [true, at(1100)],
    ]);
  });

  test('a burst without any time ends after two seconds, or 64 sentences', () => {
    const empty = 'GPRMC,,V,,,,,,,,,,N';
    const lines = Array.from({ length: 100 }, (_, i) => [i * 50, empty] as const);
    expect(bursts(...lines).map(({ fix }) => fix)).toEqual([false, false, false]);
    expect(bursts([0, ...Array.from({ length: 200 }, () => empty)])).toHaveLength(4);
  });

  test('a line that says nothing about time makes no burst', () => {
    expect(bursts([0, GSV], [1000, GSV])).toEqual([]);
  });

  test('sentences behind a close without a pause start where they came', () => {
    const found: unknown[] = [];
    const assembler = new BurstAssembler(({ startedAt }) => found.push(startedAt));
    const { sentences } = framed([0, sealed(RMC('120000'))], [50, sealed(GGA('120000'))]);
    for (const one of sentences) {
      assembler.push(one);
      expect(assembler.open).toBe(true);
      assembler.close();
      expect(assembler.open).toBe(false);
    }
    assembler.close();
    expect(found).toEqual([at(0), at(50)]);
  });
});

describe('what a burst says', () => {
  test.each([
    [true, [RMC('120000'), GGA('120000')]],
    [false, [RMC('120000', '051226', 'V'), GGA('120000')]],
    [false, [RMC('120000'), GGA('120000', '0')]],
    [false, [RMC('120000'), GGA('120000', '0', 'GP'), GGA('120000', '0', 'GL')]],
    [true, [RMC('120000'), GGA('120000', '1', 'GP'), GGA('120000', '0', 'GL')]],
    [false, [RMC('120000'), RMC('120000', '051226', 'V')]],
    [true, ['GNGNS,120000,,,,,AN,10,,,,,', ZDA('120000')]],
    [false, ['GNGNS,120000,,,,,NN,10,,,,,', GGA('120000')]],
    [true, [GGA('120000'), ZDA('120000')]],
    [true, ['GPGLL,5230.0,N,01323.0,E,120000,A,A', ZDA('120000')]],
    [false, ['GPGLL,5230.0,N,01323.0,E,120000,V,N', ZDA('120000')]],
    [undefined, [ZDA('120000')]],
  ])('fix %s: %j', (fix, bodies) => {
    expect(bursts([0, ...bodies])[0]?.fix).toBe(fix);
  });

  test('the time may stand in any of its sentences, the date in another', () => {
    const [burst] = bursts([0, 'GPRMC,,A,,,,,,,,,,A', GGA('120000'), ZDA('120000')]);
    expect(burst).toMatchObject({ fix: true, time: time(43_200), day: DAY });
  });

  test('no date, no time', () => {
    expect(bursts([0, GGA('120000')])[0]?.day).toBeUndefined();
    expect(bursts([0, 'GPRMC,,V,,,,,,,,,,N'])[0]?.time).toBeUndefined();
  });

  test.each([
    [[RMC('120000'), ZDA('120000', '06,12,2026')], 'its sentences give different dates'],
    [[RMC('120000', '310226')], 'malformed date "310226"'],
    [[RMC('120000'), 'GPGGA,996099,,,,,1,08,,,M,,M,,'], 'malformed time "996099"'],
  ])('%j contradict', (bodies, contradiction) => {
    expect(bursts([0, ...bodies])[0]?.contradiction).toBe(contradiction);
  });

  test('23:59:60 has a name of its own', () => {
    const [burst] = bursts([0, RMC('235960.00', '311226'), ZDA('235960', '31,12,2026')]);
    expect(burst).toMatchObject({ time: time(86_400), day: parseUtc('2026-12-31')?.day });
  });
});
