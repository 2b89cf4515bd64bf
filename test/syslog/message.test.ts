/** RFC 5424, by its grammar. */
import { describe, expect, test } from 'vitest';
import { formatMessage, MOST_BYTES, type SyslogMessage } from '../../src/syslog/message.ts';
import { parseSyslogServer } from '../../src/syslog/server-text.ts';

const origin = { facility: 'daemon', hostName: 'clock.example', processId: 42 };
const message: SyslogMessage = {
  level: 'warning',
  at: '2026-06-01T12:00:00.000Z',
  id: 'clock-lost',
  text: 'no edges',
};
const text = (more: Partial<SyslogMessage> = {}, about = {}) =>
  formatMessage({ ...message, ...more }, { ...origin, ...about }).toString('utf8');

/** RFC 5424 §6, all of one line. */
const GRAMMAR =
  /^<\d{1,3}>1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d{1,6})?Z) (-|[!-~]{1,255}) (-|[!-~]{1,48}) (-|[!-~]{1,128}) (-|[!-~]{1,32}) (-|(\[[!-~]+( [!-~]{1,32}="([^"\\\]]|\\["\\\]])*")*\])+)( .*)?$/u;

describe('a syslog message', () => {
  test('has priority, time, host, program, process, kind, data and text', () => {
    expect(text()).toBe(
      '<28>1 2026-06-01T12:00:00.000Z clock.example timeball 42 clock-lost [timeball@32473] no edges',
    );
    expect(text({ data: { event: 7, active: true, user: undefined } }, { facility: 'local7' })).toBe(
      '<188>1 2026-06-01T12:00:00.000Z clock.example timeball 42 clock-lost [timeball@32473 event="7" active="true"] no edges',
    );
  });

  test('says how good its time is', () => {
    const quality = (synchronised: boolean, accuracyUs: number | null) =>
      /\[timeQuality[^\]]*\]/.exec(text({}, { timeQuality: () => ({ synchronised, accuracyUs }) }))?.[0];
    expect(quality(true, 0.4)).toBe('[timeQuality tzKnown="1" isSynced="1" syncAccuracy="1"]');
    expect(quality(true, 1200.2)).toBe('[timeQuality tzKnown="1" isSynced="1" syncAccuracy="1201"]');
    // RFC 5424 §7.1.3: no accuracy without synchronisation.
    expect(quality(false, 5)).toBe('[timeQuality tzKnown="1" isSynced="0"]');
  });

  test('can not be made to look like another one', () => {
    const evil = 'a"]\\\n<13>1 - - - - - - forged\u0000';
    const sent = text({ text: evil, id: 'x y\n[z]', data: { 'a="]b': evil } }, { hostName: 'h o\nst' });
    expect(sent).not.toContain('\n');
    expect(sent).toMatch(GRAMMAR);
    expect(sent).toContain('ab="a\\"\\]\\\\ <13>1 - - - - - - forged "');
  });

  test('marks text that is not ASCII', () => {
    expect(text({ text: '80 °C' })).toMatch(/\] \ufeff80 °C$/);
    expect(text({ text: 'plain' })).not.toContain('\ufeff');
  });

  test('is cut between characters', () => {
    for (let length = 0; length < 4; length++) {
      const bytes = formatMessage({ ...message, text: 'x'.repeat(length) + '€'.repeat(1000) }, origin);
      expect(bytes.length).toBeLessThanOrEqual(MOST_BYTES);
      expect(bytes.length).toBeGreaterThan(MOST_BYTES - 4);
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).not.toThrow();
    }
  });

  test('names what can not be said with a dash; a leap second is not allowed', () => {
    const sent = text({ at: '2026-12-31T23:59:60.5Z', id: '' }, { hostName: '' });
    expect(sent).toBe('<28>1 2026-12-31T23:59:59.5Z - timeball 42 - [timeball@32473] no edges');
    expect(text({ at: '-' })).toMatch(GRAMMAR);
  });
});

describe('a syslog server', () => {
  test.each([
    ['udp://192.0.2.1:1514', { protocol: 'udp', host: '192.0.2.1', port: 1514 }],
    ['udp://log.example', { protocol: 'udp', host: 'log.example', port: 514 }],
    ['tcp://[2001:db8::1]', { protocol: 'tcp', host: '2001:db8::1', port: 601 }],
    ['tcp://[::1]:6514', { protocol: 'tcp', host: '::1', port: 6514 }],
  ])('%s', (given, expected) => expect(parseSyslogServer(given)).toEqual(expected));

  test.each([
    '',
    'log.example',
    'tls://x',
    'udp://',
    'udp://a b',
    'udp://a:0',
    'udp://a:70000',
    'udp://a:x',
    'udp://::1',
    'udp://a/b',
  ])('not %s', (given) => expect(parseSyslogServer(given)).toBeUndefined());
});
