import { describe, expect, test } from 'vitest';
import { ReceiverViewer } from '../../src/nmea/receiver-view.ts';
import { GGA, RMC, sentence } from './lines.ts';

function viewer(...lines: readonly (readonly [ms: number, ...bodies: string[]])[]): ReceiverViewer {
  const made = new ReceiverViewer();
  for (const [ms, ...bodies] of lines) for (const body of bodies) made.take(sentence(body, ms));
  return made;
}
const prns = (of: ReceiverViewer) => of.view().satellites.map(({ prn }) => prn);

const SKY = [
  'GPGSV,2,1,06,01,40,083,46,02,17,308,41,12,07,344,39,14,22,228,45',
  'GPGSV,2,2,06,22,05,010,,32,80,100,50',
];

describe('satellites', () => {
  test('a group of sentences is a sky', () => {
    const { satellites } = viewer([0, ...SKY]).view();
    expect(satellites).toHaveLength(6);
    expect(satellites[0]).toEqual({ system: 'GPS', prn: 1, elevation: 40, azimuth: 83, signal: 46 });
    expect(satellites[4]).toEqual({ system: 'GPS', prn: 22, elevation: 5, azimuth: 10 });
  });

  test('nothing is shown of a group that is not complete', () => {
    expect(viewer([0, SKY[0] as string]).view().satellites).toEqual([]);
    expect(viewer([0, SKY[1] as string]).view().satellites).toEqual([]);
  });

  test('a lost sentence costs its group, not the sky before it', () => {
    const made = viewer([0, ...SKY], [1000, SKY[1] as string], [2000, SKY[0] as string]);
    expect(prns(made)).toEqual([1, 2, 12, 14, 22, 32]);
    made.take(sentence(SKY[0] as string, 3000));
    made.take(sentence(SKY[1] as string, 3000));
    expect(prns(made)).toEqual([1, 2, 12, 14, 22, 32]);
  });

  test('unknown angles and signals are absent, zero degrees are not', () => {
    const { satellites } = viewer([0, 'GPGSV,1,1,03,05,,,,06,0,0,00,,1,2,3']).view();
    expect(satellites).toEqual([
      { system: 'GPS', prn: 5 },
      { system: 'GPS', prn: 6, elevation: 0, azimuth: 0 },
    ]);
  });

  test('with signal bands each satellite is listed once, with its strongest signal', () => {
    const { satellites } = viewer([
      0,
      'GAGSV,1,1,02,07,30,100,31,08,40,200,42,7',
      'GAGSV,1,1,02,07,30,100,38,08,40,200,,2',
      'GPGSV,1,1,01,07,50,010,44,1',
    ]).view();
    expect(satellites).toEqual([
      { system: 'Galileo', prn: 7, elevation: 30, azimuth: 100, signal: 38 },
      { system: 'Galileo', prn: 8, elevation: 40, azimuth: 200, signal: 42 },
      { system: 'GPS', prn: 7, elevation: 50, azimuth: 10, signal: 44 },
    ]);
  });

  test('those no longer listed vanish: with an empty group at once, with silence after 15 s', () => {
    const made = viewer([0, ...SKY, 'GLGSV,1,1,01,70,10,020,30']);
    made.take(sentence('GPGSV,1,1,00', 1000));
    expect(prns(made)).toEqual([70]);
    made.take(sentence(RMC('120014'), 14_000));
    expect(prns(made)).toEqual([70]);
    made.take(sentence(RMC('120016'), 16_000));
    expect(prns(made)).toEqual([]);
  });

  test('300 talkers and long groups take no more room than a sky', () => {
    const made = new ReceiverViewer();
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const talkers = letters.flatMap((a) => letters.slice(0, 12).map((b) => a + b));
    for (const talker of talkers)
      for (let i = 1; i <= 40; i++) {
        const four = [0, 1, 2, 3].map((k) => `${i * 4 + k},40,083,46`).join(',');
        made.take(sentence(`${talker}GSV,40,${i},160,${four}`, 0));
      }
    expect(talkers.length).toBeGreaterThan(300);
    expect(made.view().satellites.length).toBeLessThanOrEqual(16 * 72);
    // They don't keep the real ones out for good.
    made.take(sentence('GPGSV,1,1,01,05,40,120,38', 20_000));
    expect(prns(made)).toEqual([5]);
  });
});

describe('fix and position', () => {
  const GSA = (mode: string) => `GNGSA,A,${mode},01,02,12,14,,,,,,,,,1.8,0.9,1.5`;

  test('before anything is said', () => {
    expect(new ReceiverViewer().view()).toEqual({ fixType: 'unknown', satellites: [] });
  });

  test('from GSA and GGA', () => {
    expect(viewer([0, GSA('3'), GGA('120000')]).view()).toEqual({
      fixType: '3D',
      hdop: 0.9,
      satellitesUsed: 8,
      latitude: 52.5,
      longitude: 13 + 23 / 60,
      altitude: 34,
      satellites: [],
    });
  });

  test('south and west are negative', () => {
    const { latitude, longitude } = viewer([
      0,
      'GPGGA,120000,5230.00,S,01323.00,W,1,08,0.9,34,M,,M,,',
    ]).view();
    expect([latitude, longitude]).toEqual([-52.5, -(13 + 23 / 60)]);
  });

  test('a lost fix takes the position with it', () => {
    const { fixType, latitude } = viewer([0, GSA('3'), GGA('120000')], [1000, GGA('120001', '0')]).view();
    expect([fixType, latitude]).toEqual(['none', undefined]);
  });

  test('empty and nonsensical fields are absent, never zero or NaN', () => {
    const view = viewer([0, 'GNGSA,A,3,,,,,,,,,,,,,,,', 'GPGGA,120000,,,,,1,,,,M,,M,,']).view();
    expect(view).toEqual({ fixType: '3D', satellites: [] });
    expect(viewer([0, 'GPGGA,120000,x,N,y,E,1,z,0.9,q,M,,M,,']).view()).toEqual({
      fixType: 'unknown',
      satellites: [],
    });
  });

  test.each([
    ['the rest of another sentence', '5230.00,N,1,,,,,1.5'],
    ['minutes without a point', '5230,N,01323.00,E'],
    ['no such hemisphere', '5230.00,E,01323.00,N'],
    ['no hemisphere', '5230.00,,01323.00,'],
    ['north of the pole', '9130.00,N,01323.00,E'],
    ['beyond the date line', '5230.00,N,18100.00,E'],
    ['a sign', '-5230.00,N,01323.00,E'],
  ])('a garbled position is none: %s', (_, fields) => {
    const { latitude, longitude } = viewer([0, `GPGGA,120000,${fields},1,08,0.9,34,M,,M,,`]).view();
    expect([latitude, longitude]).toEqual([undefined, undefined]);
  });

  test.each([
    'GPGSV',
    'GPGSV,x,y,z,w',
    'GPGSV,1,1',
    'GPGSA',
    'GPGGA',
    'GPGGA,,,,',
    'GNGSV,0,0,0',
    'GPGSV,1,-1,4,1,2,3,4',
  ])('%s is no news', (body) => {
    expect(viewer([0, body]).view()).toMatchObject({ satellites: [] });
    expect(JSON.stringify(viewer([0, body]).view())).not.toContain('null');
  });
});
