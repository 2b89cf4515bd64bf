import { describe, expect, it } from 'vitest';
import { type Epoch, leadIn, parseLog, recordedStart, replayEvents } from '../../../hw/sim/replay.ts';
import { checksumOf, sealed } from '../../../src/nmea/checksum.ts';
import { secondsBetween } from '../../../src/time/instant.ts';
import { LEAP_TABLE, tai } from './lab.ts';

const rmc = (time: string, date = '010320', status = 'A') =>
  sealed(`GPRMC,${time},${status},5128.67,N,00000.09,W,0.0,,${date},,,A`);
const gga = (time: string) => sealed(`GPGGA,${time},5128.67,N,00000.09,W,1,08,1.0,46.0,M,47.0,M,,`);
const zda = (time: string, date = '01,03,2020') => sealed(`GPZDA,${time},${date},00,00`);
const gsv = sealed('GPGSV,1,1,01,05,40,083,41');
const vtg = sealed('GPVTG,,T,,M,0.0,N,0.0,K,A');

const parse = (...parts: string[]) => parseLog(Buffer.from(parts.join(''), 'latin1'));
const textOf = ({ bytes }: { bytes: Uint8Array }) => Buffer.from(bytes).toString('latin1');
const spacing = (epochs: readonly Epoch[]) =>
  epochs.slice(1).map(({ elapsed }, i) => (elapsed - (epochs[i]?.elapsed ?? 0)) / 1e9);

describe('parseLog', () => {
  it('cuts a log into bursts by the times in them', () => {
    const bursts = [rmc('120000') + gga('120000') + gsv, rmc('120001') + gga('120001') + gsv, rmc('120002')];
    const epochs = parse(...bursts);
    expect(epochs.map(textOf)).toEqual(bursts);
    expect(epochs[1]).toMatchObject({
      time: { second: 43_201, nanos: 0 },
      dated: true,
      valid: true,
      elapsed: 1e9,
    });
  });

  it.each([
    ['2 Hz', ['120000.50', '120001.00', '120001.50'], [0.5, 0.5]],
    ['5 Hz', ['235959.60', '235959.80', '000000.00', '000000.20'], [0.2, 0.2, 0.2]],
    ['fractions', ['120000.99', '120001.99', '120002.990'], [1, 1]],
    ['odd fractions', ['120000.787', '120001.787', '120002.786'], [1, 0.999]],
    ['a gap', ['120000', '120001', '120003', '120004'], [1, 2, 1]],
    ['a leap second', ['235959', '235960', '000000', '000001'], [1, 1, 1]],
    ['a clock that was set back by some seconds and a half', ['120000.7', '110000.0', '110001.0'], [1.3, 1]],
    ['a clock that was set back', ['120000', '110000', '110001'], [1, 1]],
    ['an epoch moved by a fraction', ['120000.71', '120000.408', '120001.408'], [0, 0.698]],
    ['a clock that stands', ['120000', '120000', '120000'], [1, 1]],
  ])('keeps the true spacing of %s', (_, times, expected) => {
    const dates = (time: string) => (time.startsWith('00') ? '020320' : '010320');
    const steps = spacing(parse(...times.map((time) => rmc(time, dates(time)))));
    expect(steps).toHaveLength(expected.length);
    for (const [i, step] of steps.entries()) expect(step).toBeCloseTo(expected[i] as number, 6);
  });

  it('takes a second for each epoch without a time', () => {
    const empty = sealed('GPGGA,,,,,,0,00,99.99,,,,,,') + sealed('GPRMC,,V,,,,,,,,,,N');
    const epochs = parse(empty, empty, empty, gga('120000') + rmc('120000'), gga('120001') + rmc('120001'));
    expect(epochs.map(textOf).slice(0, 3)).toEqual([empty, empty, empty]);
    expect(spacing(epochs)).toEqual([1, 1, 1, 1]);
    expect(epochs.map(({ valid }) => valid)).toEqual([false, false, false, true, true]);
    expect(leadIn(epochs)).toBe(3);
  });

  it('keeps junk, half sentences, NULs and missing checksums, and drops comments', () => {
    const parts = [
      '\x00\xff\x8d$GPR',
      '\n',
      rmc('120000'),
      '$GPGGA,120000,51\x00\x00\r\n',
      '$GPZDA,120000,01,03,2020,,\r\n',
    ];
    const epochs = parse('# a comment\r\n', ...parts, '# another\n', rmc('120001'), '$GPGG');
    expect(epochs.map(textOf)).toEqual([parts.join(''), `${rmc('120001')}$GPGG`]);
  });

  it('does not take binary data for a comment', () => {
    expect(parse('#\x01\x02binary\n', rmc('120000')).map(textOf).join('')).toContain('binary');
  });

  it('gives sentences ahead of the time to the burst that they start', () => {
    const bursts = ['00', '01', '02'].map((second) => gsv + rmc(`1200${second}`) + vtg);
    expect(parse(...bursts).map(textOf)).toEqual(bursts);
    const repeated = ['00', '01', '02', '03'].map((second) => vtg.repeat(3) + rmc(`1200${second}`));
    expect(parse(...repeated).map(textOf)).toEqual(repeated);
    // Here the log starts in the middle of a burst: what comes first ends the bursts.
    const tail = sealed('GPGSV,2,2,05,05,40,083,41');
    const later = ['00', '01', '02'].map((second) => rmc(`1200${second}`) + tail);
    expect(parse(tail, ...later).map(textOf)).toEqual([tail + later[0], later[1], later[2]]);
  });

  it('believes a wrong checksum the time only where that follows', () => {
    const broken = (time: string) => rmc(time).replace('5128', '5129');
    const epochs = parse(rmc('120000'), broken('120001'), broken('181818'), rmc('120002'));
    expect(epochs.map(({ time }) => time?.second)).toEqual([43_200, 43_201, 43_202]);
    expect(epochs[1]?.dated).toBe(false);
  });

  it('carries the day over midnight, both ways', () => {
    const epochs = parse(
      gga('235958'),
      gga('235959'),
      rmc('000000'),
      gga('000001'),
      gga('235959'),
      gga('000000'),
    );
    const [day] = epochs.slice(2).map((epoch) => epoch.day ?? 0);
    expect(epochs.map((epoch) => (epoch.day ?? 0) - (day ?? 0))).toEqual([-1, -1, 0, 0, 0, 1]);
  });

  it('makes nothing of nothing', () => {
    expect(parse('')).toEqual([]);
    expect(parse('# only a comment\n')).toEqual([]);
    expect(parse('junk').map(textOf)).toEqual(['junk']);
  });
});

describe('replayEvents', () => {
  const options = { leapTable: LEAP_TABLE, loop: false, delayMs: 100 };
  const now = tai('2026-11-21T23:59:59Z');

  it('sends each burst its delay after the time it names', () => {
    const epochs = parse(rmc('120000.99'), rmc('120001.99'));
    const events = [...replayEvents(epochs, options)];
    expect(events.map(({ at }) => secondsBetween(at, tai('2020-03-01T12:00:00Z')))).toEqual([
      expect.closeTo(1.09, 6),
      expect.closeTo(2.09, 6),
    ]);
    expect(events.map(textOf)).toEqual([rmc('120000.99'), rmc('120001.99')]);
    expect(secondsBetween(recordedStart(epochs, LEAP_TABLE) ?? now, tai('2020-03-01T12:00:00.99Z'))).toBe(0);
  });

  it('moves all times and dates by one whole number of seconds, fractions kept', () => {
    const epochs = parse(rmc('120000.99') + gga('120000.99') + zda('120000.99'), rmc('120001.990'));
    const events = [...replayEvents(epochs, { ...options, rebaseTo: now })];
    expect(events.map(textOf)).toEqual([
      rmc('235959.99', '211126') + gga('235959.99') + zda('235959.99', '21,11,2026'),
      rmc('000000.990', '221126'),
    ]);
    expect(secondsBetween(events[0]?.at ?? now, now)).toBeCloseTo(1.09, 6);
  });

  it('puts the first valid dated time on the instant, and what came before ahead of it', () => {
    const epochs = parse(gga('115958'), rmc('115959', '010320', 'V'), rmc('120000'), gga('120001'));
    const events = [...replayEvents(epochs, { ...options, rebaseTo: now })];
    expect(events.map(textOf)).toEqual([
      gga('235957'),
      rmc('235958', '211126', 'V'),
      rmc('235959', '211126'),
      gga('000000'),
    ]);
    expect(events.map(({ at }) => Math.round(secondsBetween(at, now) * 10) / 10)).toEqual([
      -1.9, -0.9, 0.1, 1.1,
    ]);
  });

  it('keeps a checksum right, wrong by as much, in its case, or missing', () => {
    const wrong = rmc('120000').replace(
      /\*(..)/,
      (_, sum) => `*${(Number.parseInt(sum, 16) ^ 0x5a).toString(16)}`,
    );
    const missing = '$GPGGA,120000,5128.67,N,00000.09,W,1,08,1.0,46.0,M,47.0,M,,\r\n';
    const epochs = parse(zda('120000'), wrong, missing);
    const text = [...replayEvents(epochs, { ...options, rebaseTo: now })].map(textOf).join('');
    expect(text).toContain(zda('235959', '21,11,2026'));
    expect(text).toContain(missing.replace('120000', '235959'));
    const [, body = '', sum = ''] = /\$(GPRMC[^*]*)\*(..)/.exec(text) ?? [];
    expect(body).toContain('235959');
    expect(checksumOf(body) ^ Number.parseInt(sum, 16)).toBe(0x5a);
  });

  it('leaves alone what is no time or date, and whatever it does not know', () => {
    const odd = [
      sealed('GPRMC,,V,,,,,,,,,,N'),
      sealed('GPRMC,250000,V,,,,,,,320120,,,N'),
      '$GPZDA,1200',
      '\x00\xfe',
      sealed('PUBX,04,120000.00,010320,0'),
      sealed('GPTXT,01,01,02,120000'),
    ].join('');
    const events = [...replayEvents(parse(rmc('120000'), odd), { ...options, rebaseTo: now })];
    expect(events.map(textOf).join('')).toBe(rmc('235959', '211126') + odd);
  });

  it('starts again with the times going on, in a rebased log and in one that is not', () => {
    const epochs = parse(rmc('120000.5'), rmc('120001.0'), rmc('120001.5'), rmc('120002.0'));
    const seen: string[] = [];
    for (const { at, bytes } of replayEvents(epochs, { ...options, loop: true })) {
      expect(secondsBetween(at, tai('2020-03-01T12:00:00.6Z'))).toBeCloseTo(seen.length / 2, 6);
      seen.push(/,(\d+\.\d)/.exec(textOf({ bytes }))?.[1] ?? '');
      if (seen.length === 6) break;
    }
    expect(seen).toEqual(['120000.5', '120001.0', '120001.5', '120002.0', '120002.5', '120003.0']);
  });

  it('runs through a leap second in either time', () => {
    const over = parse(rmc('235959', '311216'), rmc('235960', '311216'), rmc('000000', '010117'));
    const moved = [...replayEvents(over, { ...options, rebaseTo: now })].map(textOf);
    expect(moved.map((text) => text.slice(7, 13))).toEqual(['235959', '000000', '000001']);
    const into = parse(rmc('120000'), rmc('120001'), rmc('120002'));
    const shown = [...replayEvents(into, { ...options, rebaseTo: tai('2016-12-31T23:59:59Z') })].map(textOf);
    expect(shown).toEqual([rmc('235959', '311216'), rmc('235960', '311216'), rmc('000000', '010117')]);
  });

  it('has nothing to send for an empty log, even in a loop', () => {
    expect([...replayEvents([], { ...options, loop: true })]).toEqual([]);
  });
});
