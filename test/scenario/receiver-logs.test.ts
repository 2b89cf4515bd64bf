/**
 * Every recorded log of real receivers: what comes of it, on the dates it was recorded and past the build date.
 * The logs are not part of the project; without them the test skips.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLog } from '../../hw/sim/replay.ts';
import { replayLog } from '../../src/cli/replay.ts';
import { parseUtc } from '../../src/time/utc.ts';

const LOGS = resolve(import.meta.dirname, '../../../shared/receivers');
const THERE = existsSync(LOGS);
const PRESENT = parseUtc('2026-11-21T12:00:00Z') ?? { day: 0, second: 0, nanos: 0 };

/** Log, first and last labelled second as recorded, edges labelled; or the reason of the refusal. */
type Row = readonly [name: string, first: string | RegExp, last?: string, labelled?: number];

const TABLE: readonly Row[] = [
  // Two recordings in one file: the second is 52 minutes earlier, and is refused.
  ['bt451', '2009-12-09T15:25:04Z', '2009-12-09T15:25:08Z', 5],
  ['bu353s4', '2014-12-31T03:07:19Z', '2014-12-31T03:07:43Z', 25],
  ['cat-ms352', '2022-11-23T11:39:38Z', '2022-11-23T11:39:58Z', 21],
  // ZDA and GNS, no RMC.
  ['ericsson-gru04-02-70sec', '2026-02-12T21:37:12Z', '2026-02-12T21:38:22Z', 71],
  // Every GGA has a wrong checksum.
  ['firefly-II', '2010-07-08T00:59:47Z', '2010-07-08T01:00:09Z', 23],
  ['furuno_gl_ga', '2022-07-31T12:02:13Z', '2022-07-31T12:02:28Z', 16],
  ['garmin25lp', '2005-03-15T12:03:26Z', '2005-03-15T12:03:35Z', 10],
  // Names each second 10 ms early: 16:45:17.99 is followed by the edge of 16:45:18.
  ['gp-320fw-2019-03-28', '2019-03-28T16:45:18Z', '2019-03-28T16:45:37Z', 20],
  ['gp-320fw-2019-04-07-coldboot', /no valid fix/],
  ['gpsdf', '2020-02-02T00:01:45Z', '2020-02-02T00:02:35Z', 51],
  ['haicom-305N', '2007-04-08T09:53:04Z', '2007-04-08T09:54:15Z', 68],
  // A second program's sentences in the middle of the receiver's.
  ['isync', '2016-02-03T13:15:19Z', '2016-02-03T13:15:30Z', 12],
  ['mt3339', '2015-04-13T20:26:40Z', '2015-04-13T20:27:09Z', 30],
  ['neo-m8n', '2015-03-18T17:19:26Z', '2015-03-18T17:19:48Z', 23],
  ['quectel-L70', '2022-03-09T15:01:19Z', '2022-03-09T15:01:34Z', 16],
  // Five bursts a second.
  ['quectel-l76k-nmea', '2026-08-05T05:52:34Z', '2026-08-05T05:53:04Z', 31],
  ['quectelLC79D', '2020-11-30T11:50:33Z', '2020-11-30T11:51:02Z', 30],
  ['sirfstarv-nmea', '2019-02-05T02:09:35Z', '2019-02-05T02:10:33Z', 59],
  ['skytraq', /no valid fix/],
  ['st-teseo-liv3f', '2026-03-16T20:34:52Z', '2026-03-16T20:35:20Z', 29],
  ['telit-he910', '2019-03-12T10:51:53Z', '2019-03-12T10:54:59Z', 186],
  ['ublox-8', '2017-01-10T00:09:41Z', '2017-01-10T00:10:52Z', 72],
  ['ublox-neo-m9n-nmea', '2020-07-11T22:37:45Z', '2020-07-11T22:38:45Z', 61],
  // Loses its fix for four seconds.
  ['unicore-um621', '2024-06-09T00:06:53Z', '2024-06-09T00:07:12Z', 16],
];

const ROWS = TABLE.map(([name, first, last, labelled]) => ({ name, first, last, labelled }));

const dayOf = (text: string) => parseUtc(text)?.day ?? 0;
const epochsOf = (name: string) => parseLog(readFileSync(join(LOGS, `${name}.log`)));

describe.skipIf(!THERE)('receiver logs (skipped where ../shared/receivers is absent)', () => {
  test('the table has them all', () => {
    const names = readdirSync(LOGS).filter((name) => name.endsWith('.log'));
    expect(names.map((name) => name.slice(0, -4)).sort()).toEqual(TABLE.map(([name]) => name).sort());
  });

  describe.each(ROWS)('$name', ({ name, first, last, labelled }) => {
    test('as recorded, with a build older than the log', () => {
      const result = replayLog(epochsOf(name), { rebase: false, buildDay: dayOf('2005-01-01'), now: 0 });
      if (first instanceof RegExp) {
        expect(result).toMatchObject({
          outcome: 'refused',
          firstSecond: null,
          lastSecond: null,
          edgesLabelled: 0,
        });
        expect(result.reason).toMatch(first);
      } else {
        const expected = {
          outcome: 'locked',
          reason: '',
          firstSecond: first,
          lastSecond: last,
          edgesLabelled: labelled,
        };
        expect(result).toMatchObject({ ...expected, weekRepair: 0 });
      }
    });

    test('with a build younger than the log: moved by 1024 weeks, to the same second of the week, and shown', () => {
      if (first instanceof RegExp) return;
      const result = replayLog(epochsOf(name), { rebase: false, buildDay: PRESENT.day, now: 0 });
      const weeks = Math.ceil((PRESENT.day - dayOf(first)) / 7168) * 1024;
      expect(result.weekRepair).toBe(weeks);
      expect(result.edgesLabelled).toBe(labelled);
      const moved = (text: string | undefined) => Date.parse(text ?? '') + weeks * 7 * 86_400_000;
      expect(Date.parse(result.firstSecond ?? '')).toBe(moved(first));
      expect(Date.parse(result.lastSecond ?? '')).toBe(moved(last));
    });

    test('rebased to now', () => {
      const now = PRESENT.day * 86_400 + PRESENT.second;
      const result = replayLog(epochsOf(name), { rebase: true, buildDay: PRESENT.day, now });
      expect(result.weekRepair).toBe(0);
      if (first instanceof RegExp) expect(result.reason).toMatch(first);
      else expect(Math.abs(Date.parse(result.firstSecond ?? '') / 1000 - now)).toBeLessThan(300);
    });
  });
});
