import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Random } from '../../hw/sim/random.ts';
import { instant } from '../../src/time/instant.ts';
import { SHIPPED_LEAP_FILE } from '../../src/time/leap-seconds.ts';
import { LeapTable, mayHaveLeapSecond, parseLeapFile } from '../../src/time/leap-table.ts';
import { loadLeapTable, shippedTable } from '../../src/time/load-leap-table.ts';
import { formatUtc, parseUtc, type UtcReading } from '../../src/time/utc.ts';

const shipped = shippedTable().table;
const utc = (text: string) => parseUtc(text) as UtcReading;
const dayOf = (text: string) => utc(text).day;

/** Past leap seconds, and one of each kind that may come. */
const TABLE = shipped.withLearned(dayOf('2029-06-30'), -1).withLearned(dayOf('2030-12-31'), 1);

describe('the shipped table', () => {
  test('ends with 37 s since 2017 and answers beyond 2026', () => {
    expect(shipped.entries).toHaveLength(28);
    expect(shipped.taiMinusUtc(dayOf('2016-12-31'))).toBe(36);
    expect(shipped.taiMinusUtc(dayOf('2017-01-01'))).toBe(37);
    expect(formatUtc({ day: shipped.expiryDay, second: 0, nanos: 0 })).toBe('2027-06-28T00:00:00Z');
  });

  test('has a hash that matches, and one changed digit breaks it', () => {
    expect(parseLeapFile(SHIPPED_LEAP_FILE).error).toBeUndefined();
    const changed = SHIPPED_LEAP_FILE.replace('#$ 3992312697', '#$ 3992312698');
    expect(parseLeapFile(changed).error).toBe('its SHA-1 (#h) does not match its content');
  });
});

describe('TAI and UTC', () => {
  test.each([
    ['inserted', '2030-12-31T23:59:59Z', ['2030-12-31T23:59:60Z', '2031-01-01T00:00:00Z']],
    ['deleted', '2029-06-30T23:59:57Z', ['2029-06-30T23:59:58Z', '2029-07-01T00:00:00Z']],
    ['not there', '2028-12-31T23:59:58Z', ['2028-12-31T23:59:59Z', '2029-01-01T00:00:00Z']],
  ])('second by second past a leap second %s', (_, start, following) => {
    const { seconds } = TABLE.toTai(utc(start));
    const next = following.map((_, i) => formatUtc(TABLE.toUtc(instant(seconds + 1 + i))));
    expect(next).toEqual(following);
  });

  test('round trip around every leap second and at random', () => {
    const random = new Random(3);
    const seconds = TABLE.entries.flatMap(({ day, taiMinusUtc }) =>
      [-3, -2, -1, 0, 1, 2].map((off) => day * 86_400 + taiMinusUtc + off),
    );
    for (let i = 0; i < 3000; i++) seconds.push(Math.floor(random.uniform(1e8, 4e9)));
    for (const second of seconds) {
      const tai = instant<'TAI'>(second, Math.floor(random.uniform(0, 1e9)));
      expect(TABLE.toTai(TABLE.toUtc(tai))).toEqual(tai);
    }
  });

  test('before the first entry the first offset is used', () => {
    expect(shipped.taiMinusUtc(0)).toBe(10);
    expect(shipped.toUtc(shipped.toTai(utc('1971-01-01')))).toEqual(utc('1971-01-01'));
  });
});

describe('events', () => {
  test('the next and the last one, and what is over when', () => {
    const after = TABLE.toTai(utc('2029-07-01'));
    const before = instant<'TAI'>(after.seconds - 1, 999_999_999);
    expect(TABLE.nextEvent(before)).toEqual({ at: after, direction: -1, day: dayOf('2029-06-30') });
    expect(TABLE.lastEvent(before)?.day).toBe(dayOf('2016-12-31'));
    expect(TABLE.lastEvent(after)?.day).toBe(dayOf('2029-06-30'));
    expect(TABLE.nextEvent(after)).toMatchObject({ direction: 1, day: dayOf('2030-12-31') });
    expect(TABLE.nextEvent(TABLE.toTai(utc('2031-01-01')))).toBeUndefined();
    expect(TABLE.lastEvent(instant(0))).toBeUndefined();
  });

  test.each([
    ['2026-12-31', true],
    ['2026-06-30', true],
    ['2028-02-29', true],
    ['2028-02-28', false],
    ['2026-12-30', false],
  ])('may stand at the end of %s: %s', (date, may) => {
    expect(mayHaveLeapSecond(dayOf(date))).toBe(may);
  });
});

describe('a learned leap second', () => {
  test('keeps later ones, counted from there, and lasts past the expiry', () => {
    const known = shipped.withLearned(dayOf('2030-12-31'), 1);
    const both = known.withLearned(dayOf('2029-06-30'), -1);
    expect(both.taiMinusUtc(dayOf('2029-06-30'))).toBe(37);
    expect(both.taiMinusUtc(dayOf('2029-07-01'))).toBe(36);
    expect(both.taiMinusUtc(dayOf('2031-01-01'))).toBe(37);
    expect(both.expiryDay).toBe(dayOf('2031-01-01'));
    expect(shipped.withLearned(dayOf('2026-12-31'), 1).expiryDay).toBe(shipped.expiryDay);
  });
});

describe('parseLeapFile', () => {
  const JULY = (Date.UTC(2015, 6, 1) / 1000 + 2_208_988_800).toString();
  const JANUARY = (Date.UTC(2017, 0, 1) / 1000 + 2_208_988_800).toString();
  const EXPIRY = '#@ 4023129600';

  test('takes comments, blank lines, tabs and carriage returns', () => {
    const parsed = parseLeapFile(
      `# comment\r\n\r\n#@\t4023129600\r\n${JULY}\t36\t# 1 Jul 2015\r\n${JANUARY} 37\r\n`,
    );
    expect(parsed.error).toBeUndefined();
    expect('table' in parsed && parsed.table.entries).toEqual([
      { day: dayOf('2015-07-01'), taiMinusUtc: 36 },
      { day: dayOf('2017-01-01'), taiMinusUtc: 37 },
    ]);
  });

  test.each([
    ['', 'holds no leap seconds'],
    [EXPIRY, 'holds no leap seconds'],
    [`${JULY} 36`, 'has no valid expiry line (#@)'],
    [`#@ soon\n${JULY} 36`, 'has no valid expiry line (#@)'],
    [`#@ ${'9'.repeat(30)}\n${JULY} 36`, 'has no valid expiry line (#@)'],
    [`${EXPIRY}\n${JULY}`, `line 2: expected "NTP-seconds TAI-UTC", found "${JULY}"`],
    [`${EXPIRY}\nsoon 36`, 'line 2: expected "NTP-seconds TAI-UTC", found "soon 36"'],
    [`${EXPIRY}\n${JULY} x`, `line 2: expected "NTP-seconds TAI-UTC", found "${JULY} x"`],
    [`${EXPIRY}\n-1 36`, 'line 2: expected "NTP-seconds TAI-UTC", found "-1 36"'],
    [`${EXPIRY}\n0x10 36`, 'line 2: expected "NTP-seconds TAI-UTC", found "0x10 36"'],
    [`${EXPIRY}\n8640000000000000 36`, 'line 2: expected "NTP-seconds TAI-UTC", found "8640000000000000 36"'],
    [`${EXPIRY}\n3644697601 36`, 'line 2: expected "NTP-seconds TAI-UTC", found "3644697601 36"'],
    [`${EXPIRY}\n${'x'.repeat(5000)}`, `found "${'x'.repeat(60)}"`],
    [`${EXPIRY}\n${JULY} 36\n${JANUARY} 38`, 'line 3: does not follow'],
    [`${EXPIRY}\n${JULY} 36\n${JANUARY} 36`, 'line 3: does not follow'],
    [`${EXPIRY}\n${JANUARY} 37\n\n${JULY} 36`, 'line 4: does not follow'],
    [`${EXPIRY}\n${JULY} 36\n${JULY} 37`, 'line 3: does not follow'],
    [`${EXPIRY}\n${JULY} 36\n#h 0 0 0 0 0`, 'its SHA-1 (#h) does not match its content'],
  ])('%j: %s', (text, error) => {
    expect(parseLeapFile(text).error).toContain(error);
  });

  test('takes a hash whose words lost their leading zeros', () => {
    const padded = findPadded();
    expect(parseLeapFile(padded.text).error).toBeUndefined();
    expect(padded.line).toMatch(/(^| )[0-9a-f]{1,7}( |$)/);
  });
});

describe('loadLeapTable', () => {
  test('names the file, what is wrong, and the remedy', () => {
    expect(loadLeapTable('/nonexistent/leap')).toEqual({
      error: "/nonexistent/leap: can't be read (ENOENT); set it to auto or replace the file",
    });
  });

  test('auto never ends with an error', () => {
    expect(loadLeapTable('auto')).toHaveProperty('table');
  });

  test('an empty table is a bug of ours', () => {
    expect(() => new LeapTable([], 0)).toThrow('at least one entry');
  });
});

function findPadded(): { text: string; line: string } {
  for (let updated = 3_992_312_700; ; updated++) {
    const digest = createHash('sha1').update(`${updated}4023129600369221760037`).digest('hex');
    const line = (digest.match(/.{8}/g) ?? []).map((word) => word.replace(/^0+(?=.)/, '')).join(' ');
    if (line.length < 44) return { text: `#$ ${updated}\n#@ 4023129600\n3692217600 37\n#h ${line}\n`, line };
  }
}
