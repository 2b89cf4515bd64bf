/** Whom an imported ntp.conf lets ask control queries (mode 6). */
import { describe, expect, test } from 'vitest';
import { imported } from './import-helpers.ts';

const QUERIES =
  ": may read this server's state (mode 6, ntpq), and a forged query of 12 bytes sends a victim up to 480: restrict them with noquery, or delete allowQueries from these rules";

describe('queries beyond this host are warned of', () => {
  const warned = (text: string) =>
    imported(text, 'ntp')
      .findings.filter(({ outcome }) => outcome === 'warning')
      .map(({ line, directive, message }) => `${line} ${directive}: ${message}`);

  test.each([
    ['driftfile /d', 'any'],
    ['restrict -6 default noquery', '0.0.0.0/0'],
    ['restrict default noserve', 'any'],
    ['restrict default ignore\nrestrict 10.0.0.0 mask 255.0.0.0', '10.0.0.0/8'],
    ['restrict default noquery\nrestrict 126.0.0.0 mask 254.0.0.0', '126.0.0.0/7'],
    [
      `restrict default noquery\n${[1, 2, 3, 4, 5, 6, 7].map((i) => `restrict 192.0.2.${i}`).join('\n')}`,
      '192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4, 192.0.2.5 and 2 more',
    ],
  ])('%j', (text, networks) => {
    expect(warned(text)).toEqual([`0 queries: ${networks}${QUERIES}`]);
  });

  test.each([
    'restrict default noquery',
    'restrict default ignore\nrestrict 127.0.0.1\nrestrict ::1\nrestrict 127.0.0.0 mask 255.0.0.0',
    // A later line about the same network takes them away.
    'restrict default nomodify\nrestrict default noquery',
    'nts enable',
  ])('%j opens none', (text) => {
    expect(warned(text)).toEqual([]);
  });
});
