import { describe, expect, test } from 'vitest';
import { timingFields } from '../../src/nmea/timing.ts';
import { parseUtc } from '../../src/time/utc.ts';
import { GGA, RMC, sentence, ZDA } from './lines.ts';

const read = (body: string) => timingFields(sentence(body));
const dayOf = (text: string) => parseUtc(text)?.day;
const NOON = { second: 43_200, nanos: 0 };

describe('which sentences speak of time', () => {
  test.each([
    [RMC('120000.000'), { type: 'RMC', time: NOON, day: dayOf('2026-12-05'), fix: true }],
    [ZDA('120000.00'), { type: 'ZDA', time: NOON, day: dayOf('2026-12-05') }],
    ['GPZDA,120000,5,3,2026,,', { type: 'ZDA', time: NOON, day: dayOf('2026-03-05') }],
    [GGA('120000'), { type: 'GGA', time: NOON, fix: true }],
    ['GNGNS,120000,5230.0,N,01323.0,E,AAN,10,0.9,34.0,40.0,,', { type: 'GNS', time: NOON, fix: true }],
    ['GPGLL,5230.0,N,01323.0,E,120000,A,A', { type: 'GLL', time: NOON, fix: true }],
    ['GPGLL,5230.0,N,01323.0,E,120000,A', { type: 'GLL', time: NOON, fix: true }],
    [
      'GPRMC,120000,A,5230.0,N,01323.0,E,0.0,0.0,051226,,',
      { type: 'RMC', time: NOON, day: dayOf('2026-12-05'), fix: true },
    ],
    ['GPRMC,,V,,,,,,,,,,N', { type: 'RMC', fix: false }],
    ['GPGGA,,,,,,0,00,,,M,,M,,', { type: 'GGA', fix: false }],
    ['GPZDA,,,,,,', { type: 'ZDA' }],
    ['GPZDA', { type: 'ZDA' }],
    ['GPRMC', { type: 'RMC', fix: false }],
  ])('%s', (body, fields) => {
    expect(read(body)).toEqual(fields);
  });

  test.each(['GP', 'GN', 'GL', 'GA', 'GB', 'BD', 'GQ', 'GI'])('talker %s is a receiver', (talker) => {
    expect(read(`${talker}ZDA,120000,05,12,2026,,`)).toMatchObject({ time: NOON });
  });

  test.each([
    'IIZDA,120000,05,12,2026,,',
    'SDZDA,120000,05,12,2026,,',
    'GPVTG,0,T',
    'PUBX,04',
    'PGRMCX,1',
    'GPXRMC,1',
  ])('%s does not', (body) => expect(read(body)).toBeUndefined());
});

describe('who vouches', () => {
  test.each([
    ['A', 'A', true],
    ['A', 'D', true],
    ['A', 'P', true],
    ['A', 'R', true],
    ['A', 'F', true],
    ['A', '', true],
    ['A', 'N', false],
    ['A', 'E', false],
    ['A', 'M', false],
    ['A', 'S', false],
    ['V', 'A', false],
    ['', 'A', false],
    ['a', 'A', false],
  ])('RMC with status "%s" and mode "%s": %s', (status, mode, fix) => {
    expect(read(RMC('120000', '051226', status, mode))?.fix).toBe(fix);
    expect(read(`GPGLL,5230.0,N,01323.0,E,120000,${status},${mode}`)?.fix).toBe(fix);
  });

  test('the navigational status of NMEA 4.1 behind the mode does not count', () => {
    expect(read(`${RMC('120000')},V`)?.fix).toBe(true);
  });

  test.each([
    ['0', false],
    ['1', true],
    ['2', true],
    ['3', true],
    ['4', true],
    ['5', true],
    ['6', false],
    ['7', false],
    ['8', false],
    ['9', true],
    ['', false],
    ['12', false],
    ['x', false],
  ])('GGA with quality "%s": %s', (quality, fix) => {
    expect(read(GGA('120000', quality))?.fix).toBe(fix);
  });

  test.each([
    ['N', false],
    ['NN', false],
    ['ANN', true],
    ['NNND', true],
    ['E', false],
    ['M', false],
    ['S', false],
    ['', false],
  ])('GNS with modes "%s": %s', (modes, fix) => {
    expect(read(`GNGNS,120000,5230.0,N,01323.0,E,${modes},10,0.9,34.0,40.0,,`)?.fix).toBe(fix);
  });
});

describe('times', () => {
  test.each([
    ['000000', 0, 0],
    ['235959', 86_399, 0],
    ['235960', 86_400, 0],
    ['235960.50', 86_400, 500_000_000],
    ['120000.', 43_200, 0],
    ['120000.9', 43_200, 900_000_000],
    ['120000.99', 43_200, 990_000_000],
    ['120000.787', 43_200, 787_000_000],
    ['120000.408123456', 43_200, 408_123_456],
    ['120000.999999999999', 43_200, 999_999_999],
  ])('%s', (text, second, nanos) => {
    expect(read(ZDA(text))?.time).toEqual({ second, nanos });
  });

  test.each([
    '240000',
    '126000',
    '120061',
    '120060',
    '225960',
    '235860',
    '12000',
    '1200000',
    '12:00:00',
    '-10000',
    '120000,5',
    '120000.x',
    '1200 0',
    '0x1000',
  ])('%s is malformed', (text) => {
    const fields = read(`GPZDA,${text.replace(',', ';')},05,12,2026,,`);
    expect(fields).toMatchObject({ malformed: `time "${text.replace(',', ';')}"` });
    expect(fields?.time).toBeUndefined();
  });
});

describe('dates', () => {
  test.each([
    ['060180', '1980-01-06'],
    ['311299', '1999-12-31'],
    ['010100', '2000-01-01'],
    ['290200', '2000-02-29'],
    ['051226', '2026-12-05'],
    ['311279', '2079-12-31'],
  ])('%s is %s', (text, date) => {
    expect(read(RMC('120000', text))?.day).toBe(dayOf(date));
  });

  test.each(['000000', '310226', '290226', '011326', '320126', '5126', '05122026', 'xxyyzz'])(
    '%s is malformed',
    (text) => {
      expect(read(RMC('120000', text))).toMatchObject({ malformed: `date "${text}"` });
      expect(read(RMC('120000', text))?.day).toBeUndefined();
    },
  );

  test.each(['29,02,2026', '05,13,2026', '05,12,26', '05,12,', ',,2026', 'a,b,c', '0,1,2026'])(
    'ZDA with %s is malformed',
    (date) => expect(read(ZDA('120000', date))?.malformed).toMatch(/^date/),
  );
});
