import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../../src/access/prefix.ts';
import { CLIENT_COLUMNS, type ClientColumn, type ClientQuery } from '../../../src/ntp/clients/client-list.ts';
import type { ClientView } from '../../../src/ntp/clients/client-view.ts';
import { clientTable, NOW } from './visits.ts';

/** Five clients with as many values of every column. */
function crowd() {
  const table = clientTable();
  const { visit } = table;
  visit('192.0.2.9', 0, { port: 500, outcome: 'denied' });
  for (const at of [10, 20]) visit('192.0.2.10', at, { port: 400, offset: 3, poll: 4 });
  for (const at of [5, 69, 133]) visit('198.51.100.7', at, { port: 300, keyId: 5, proven: true, offset: -2 });
  for (const at of [1, 2, 3, 4]) visit('2001:db8::1', at, { version: 3, outcome: 'rate-limited' });
  visit('2001:db8::1', 5, { outcome: 'kiss-rate', version: 3 });
  visit('2001:db8:1::2', 40, { outcome: 'served-interleaved', mode: 1, poll: 10 });
  visit('2001:db8:1::2', 50, { outcome: 'control-answered' });
  return table;
}

const addresses = (query: ClientQuery) =>
  crowd()
    .reader.list(query)
    .items.map(({ address }) => address);
const ALL = ['192.0.2.9', '192.0.2.10', '198.51.100.7', '2001:db8::1', '2001:db8:1::2'];
const [NINE, TEN, SEVEN, ONE, TWO] = ALL as [string, string, string, string, string];

describe('filters', () => {
  test.each<[string, ClientQuery, string[]]>([
    ['nothing', {}, ALL],
    ['no text', { text: ' ' }, ALL],
    ['the beginning of an address', { text: '192.0.2.' }, [NINE, TEN]],
    ['the beginning of IPv6', { text: '2001:DB8:' }, [ONE, TWO]],
    ['a beginning that both families could have', { text: '1' }, [NINE, TEN, SEVEN]],
    ['hex digits', { text: '2001:db8:1' }, [TWO]],
    ['an address in another form', { text: '2001:db8:0:0::1' }, [ONE]],
    ['a mapped address', { text: '::ffff:192.0.2.9' }, [NINE]],
    ['a prefix', { text: '192.0.2.8/30' }, [NINE, TEN]],
    ['a prefix of one', { text: '192.0.2.9/32' }, [NINE]],
    ['a prefix of IPv6', { text: '2001:db8::/47' }, [ONE, TWO]],
    ['a longer one', { text: '2001:db8::/48' }, [ONE]],
    ['all of IPv4', { text: '0.0.0.0/0' }, [NINE, TEN, SEVEN]],
    ['all of IPv6, which IPv4 is no part of', { text: '::/0' }, [ONE, TWO]],
    ['no prefix at all', { text: '192.0.2.9/24' }, []],
    ['no address at all', { text: 'example' }, []],
    ['a reason of drops', { outcome: 'rate-limited' }, [ONE]],
    ['another reason', { outcome: 'denied' }, [NINE]],
    ['kisses', { outcome: 'kiss-rate' }, [ONE]],
    ['answers', { outcome: 'served' }, [TEN, SEVEN]],
    ['interleaved answers', { outcome: 'served-interleaved' }, [TWO]],
    ['a key', { keyId: 5 }, [SEVEN]],
    ['no key', { keyId: 0 }, [NINE, TEN, ONE, TWO]],
    ['seen since', { seenSince: (NOW + 20) * 1_000 }, [TEN, SEVEN, TWO]],
    ['all of these', { seenSince: (NOW + 20) * 1_000, text: '192.', outcome: 'served' }, [TEN]],
  ])('%s', (_, query, expected) => {
    const page = crowd().reader.list({ ...query, sort: 'address', descending: false });
    expect(page.items.map(({ address }) => address)).toEqual(expected);
    expect(page).toMatchObject({ total: 5, matched: expected.length });
  });
});

describe('order', () => {
  test('the latest first, unless told otherwise', () => {
    expect(addresses({})).toEqual([SEVEN, TWO, TEN, ONE, NINE]);
  });

  test.each(CLIENT_COLUMNS.filter((column) => column !== 'address'))('by %s, both ways', (column) => {
    const { reader } = crowd();
    const values = (descending: boolean) =>
      reader.list({ sort: column, descending }).items.map((item) => numberIn(item, column));
    const known = (list: readonly number[]) => list.filter((value) => !Number.isNaN(value));
    const [up, down] = [values(false), values(true)];
    expect(new Set(known(up)).size).toBeGreaterThan(1);
    expect(known(up)).toEqual(known(up).toSorted((a, b) => a - b));
    expect(known(down)).toEqual(known(up).toReversed());
    // What is not known comes last either way.
    for (const list of [up, down]) expect(list.slice(0, known(list).length)).toEqual(known(list));
  });

  test('by address: IPv4 first, by number', () => {
    expect(addresses({ sort: 'address', descending: false })).toEqual(ALL);
    expect(addresses({ sort: 'address', descending: true })).toEqual(ALL.toReversed());
  });
});

function numberIn(item: ClientView, column: ClientColumn): number {
  switch (column) {
    case 'address':
      return 0;
    case 'firstSeen':
    case 'lastSeen':
      return Date.parse(item[column]);
    case 'lastDrop':
      return item.lastDrop === null ? Number.NaN : Date.parse(item.lastDrop.at);
    case 'keyId':
      return item.keyId ?? 0;
    default:
      return item[column] ?? Number.NaN;
  }
}

describe('pages', () => {
  test('of a limited size, one after the other', () => {
    const page = { sort: 'address', descending: false, limit: 2 } as const;
    expect(addresses(page)).toEqual([NINE, TEN]);
    expect(addresses({ ...page, offset: 2 })).toEqual([SEVEN, ONE]);
    expect(addresses({ ...page, offset: 4 })).toEqual([TWO]);
    expect(addresses({ ...page, offset: 99 })).toEqual([]);
    expect(addresses({ ...page, limit: 0 })).toEqual([]);
    expect(addresses({ ...page, offset: -1, limit: Number.NaN })).toEqual([]);
    expect(addresses({ ...page, offset: Number.NaN, limit: Number.POSITIVE_INFINITY })).toEqual(ALL);
  });

  test('are JSON as they are, and never more than 1000 items', () => {
    const { visit, reader } = clientTable(3_000);
    for (let i = 0; i < 2_000; i++) visit(`10.1.${i >> 8}.${i & 255}`, i);
    const page = reader.list({ limit: 5_000 });
    expect(page.matched).toBe(2_000);
    expect(page.items.length).toBe(1_000);
    expect(JSON.parse(JSON.stringify(page))).toEqual(page);
  });

  test('every client is visited once', () => {
    const { reader } = crowd();
    const seen = [...reader.seen()];
    expect(seen.map(({ keyId }) => keyId).toSorted()).toEqual([0, 0, 0, 0, 5]);
    expect(new Set(seen.map(({ address }) => address.join())).size).toBe(5);
    let packets = 0;
    reader.forEach((record) => {
      packets += record.packets;
    });
    expect(packets).toBe(13);
  });
});

test('who was last seen before is left out, however long known', () => {
  const { reader } = crowd();
  // Last seen 20, 133 and 50 s after NOW; the others 0 and 5 s after it.
  const since = [...reader.seen((NOW + 20) * 1_000)].map(({ address, at }) => formatAddress(address, at));
  expect(since.toSorted()).toEqual([TEN, SEVEN, TWO].toSorted());
  expect([...reader.seen((NOW + 134) * 1_000)]).toEqual([]);
});

test('a record whose writer died is read all the same, and written again after seconds', () => {
  const { memory, visit, reader } = clientTable(1);
  visit('192.0.2.9', 0);
  const words = new Int32Array(memory);
  words[16] = (NOW << 1) | 1;
  expect(reader.list().items).toHaveLength(1);
  visit('192.0.2.9', 1);
  expect(reader.get('192.0.2.9')?.packets).toBe(1);
  expect(reader.table().missed).toBe(1);
  visit('192.0.2.9', 4);
  expect(reader.get('192.0.2.9')?.packets).toBe(2);
});
