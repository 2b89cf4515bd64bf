import { describe, expect, test } from 'vitest';
import type { ClientReader } from '../../../src/ntp/clients/client-list.ts';
import { ClientRecorder } from '../../../src/ntp/clients/client-table.ts';
import type { ClientView } from '../../../src/ntp/clients/client-view.ts';
import { CODE, OUTCOME_NAMES, OUTCOMES } from '../../../src/ntp/outcomes.ts';
import { Addresses } from '../../access/forged.ts';
import { clientTable, exchangeFrom, NOW } from './visits.ts';

const CLIENT = '192.0.2.10';

function seen(reader: ClientReader, address = CLIENT): ClientView {
  const view = reader.get(address);
  if (view === undefined) throw new Error(`${address} was not recorded`);
  return view;
}

describe('a record', () => {
  test('of one visit', () => {
    const { visit, reader } = clientTable();
    visit('2001:db8::10', 0.5, { port: 123, version: 3, mode: 1, poll: 10, outcome: 'served-symmetric' });
    expect(seen(reader, '2001:DB8:0::10')).toEqual({
      address: '2001:db8::10',
      port: 123,
      version: 3,
      mode: 1,
      firstSeen: '2026-11-21T00:00:00.500Z',
      lastSeen: '2026-11-21T00:00:00.500Z',
      packets: 1,
      answered: 1,
      interleaved: 0,
      authenticated: 0,
      kisses: 0,
      queries: 0,
      dropped: 0,
      drops: {},
      lastDrop: null,
      keyId: null,
      pollSeconds: 1_024,
      intervalSeconds: null,
      clockOffsetSeconds: null,
    });
    expect(reader.get(CLIENT)).toBeUndefined();
    expect(reader.get('no address')).toBeUndefined();
  });

  test('counts answers by kind, and keeps the key that was proven last', () => {
    const { visit, reader } = clientTable();
    visit(CLIENT, 0, { keyId: 7, proven: true });
    visit(CLIENT, 64, { keyId: 8, proven: true, outcome: 'served-interleaved' });
    visit(CLIENT, 128, { outcome: 'bad-mac', keyId: 9 });
    visit(CLIENT, 192, { outcome: 'control-answered', version: 2, mode: 6 });
    expect(seen(reader)).toMatchObject({
      packets: 4,
      answered: 2,
      interleaved: 1,
      authenticated: 2,
      keyId: 8,
    });
    expect(seen(reader)).toMatchObject({ queries: 1, version: 4, mode: 3, drops: { 'bad-mac': 1 } });
    visit(CLIENT, 256, { outcome: 'served-unsynchronised' });
    expect(seen(reader)).toMatchObject({ answered: 3, authenticated: 2, keyId: null });
  });

  test('counts each reason of a drop by itself, and keeps the last', () => {
    const { visit, reader } = clientTable();
    const drops = OUTCOME_NAMES.filter((name) => OUTCOMES[name].startsWith('dropped'));
    const recorded = drops.filter((name) => !name.startsWith('source-'));
    expect(recorded.length).toBeGreaterThan(15);
    for (const [i, outcome] of recorded.entries()) for (let n = 0; n <= i; n++) visit(CLIENT, i, { outcome });
    const total = (recorded.length * (recorded.length + 1)) / 2;
    expect(seen(reader)).toMatchObject({ packets: total, answered: 0, dropped: total });
    expect(seen(reader).drops).toEqual(Object.fromEntries(recorded.map((name, i) => [name, i + 1])));
    const at = new Date((NOW + recorded.length - 1) * 1_000).toISOString();
    expect(seen(reader).lastDrop).toEqual({ outcome: recorded.at(-1), at });
  });

  test('counts kisses as neither answers nor drops', () => {
    const { visit, reader } = clientTable();
    visit(CLIENT, 0, { outcome: 'kiss-rate' });
    visit(CLIENT, 1, { outcome: 'kiss-deny' });
    expect(seen(reader)).toMatchObject({ packets: 2, answered: 0, dropped: 0, kisses: 2, drops: {} });
  });

  test('stays at the largest count of a reason, while the sum goes on', () => {
    const { visit, reader } = clientTable();
    for (let i = 0; i < 66_000; i++) visit(CLIENT, i / 1_000, { outcome: 'rate-limited' });
    expect(seen(reader)).toMatchObject({ dropped: 66_000, drops: { 'rate-limited': 65_535 } });
  });

  test('leaves out sources that can be no clients', () => {
    const { visit, reader } = clientTable();
    visit(CLIENT, 0, { outcome: 'source-port-zero', port: 0 });
    visit('224.0.1.1', 0, { outcome: 'source-not-unicast' });
    visit('127.0.0.1', 0, { outcome: 'source-is-server' });
    expect(reader.list().total).toBe(0);
  });

  test('forgets nothing of a predecessor in its place', () => {
    const { visit, reader } = clientTable(1);
    for (let i = 0; i < 100; i++)
      visit(`10.0.0.${i}`, i, { outcome: 'bad-mac', keyId: 3, offset: 1, proven: true });
    visit(CLIENT, 200);
    expect(seen(reader)).toMatchObject({ packets: 1, answered: 1, drops: {}, lastDrop: null, keyId: null });
    expect(reader.table().replaced).toBeGreaterThan(80);
  });
});

describe('the interval', () => {
  test('follows what is measured', () => {
    const { visit, reader } = clientTable();
    for (const at of [0, 10, 30]) visit(CLIENT, at);
    expect(seen(reader).intervalSeconds).toBeCloseTo(15, 5);
    for (let i = 1; i < 60; i++) visit(CLIENT, 30 + i * 64);
    expect(seen(reader).intervalSeconds).toBeCloseTo(64, 0);
  });

  test('does not learn from a step back in time', () => {
    const { visit, reader } = clientTable();
    for (const at of [1_000, 1_064, -1_000, -936]) visit(CLIENT, at);
    expect(seen(reader).intervalSeconds).toBeCloseTo(64, 3);
    expect(seen(reader).lastSeen).toBe('2026-11-20T23:44:24.000Z');
  });
});

describe("the client's clock", () => {
  test.each([0.25, -0.25, 86_400.5, -1_700_000_000, 2_000_000_000])(
    'is told by two requests: %d s',
    (offset) => {
      const { visit, reader } = clientTable();
      visit(CLIENT, 0, { offset });
      expect(seen(reader).clockOffsetSeconds).toBeNull();
      visit(CLIENT, 64.25, { offset });
      expect(seen(reader).clockOffsetSeconds).toBeCloseTo(offset, 4);
    },
  );

  test('may drift by 0.1 %, and is asked again when it was set', () => {
    const { visit, reader } = clientTable();
    visit(CLIENT, 0, { offset: 0 });
    visit(CLIENT, 10_000, { offset: 10.5 });
    expect(seen(reader).clockOffsetSeconds).toBeCloseTo(10.5, 4);
    visit(CLIENT, 10_064, { offset: 0 });
    expect(seen(reader).clockOffsetSeconds).toBeNull();
    visit(CLIENT, 10_128, { offset: 0 });
    expect(seen(reader).clockOffsetSeconds).toBeCloseTo(0, 4);
  });

  test('is unknown where stamps are random, stand still, are missing, or where we do not know the time', () => {
    const { visit, reader } = clientTable();
    for (let i = 0; i < 100; i++)
      visit(CLIENT, i * 64, { stamp: [Math.imul(i, 0x9e37_79b1) >>> 0, Math.imul(i, 0x85eb_ca6b) >>> 0] });
    expect(seen(reader).clockOffsetSeconds).toBeNull();
    for (let i = 0; i < 10; i++) visit('192.0.2.11', i / 2, { stamp: [3_900_000_000, 1] });
    expect(seen(reader, '192.0.2.11').clockOffsetSeconds).toBeNull();
    for (let i = 0; i < 10; i++) visit('192.0.2.12', i);
    expect(seen(reader, '192.0.2.12').clockOffsetSeconds).toBeNull();
    for (let i = 0; i < 10; i++) visit('192.0.2.13', i, { offset: 0.5, synchronised: false });
    expect(seen(reader, '192.0.2.13').clockOffsetSeconds).toBeNull();
  });

  test('a request without a stamp changes nothing', () => {
    const { visit, reader } = clientTable();
    for (const at of [0, 64]) visit(CLIENT, at, { offset: 0.125 });
    visit(CLIENT, 128);
    expect(seen(reader).clockOffsetSeconds).toBeCloseTo(0.125, 5);
  });
});

describe('room', () => {
  test('for 100,000 clients of both families in 32 MB', () => {
    const { memory, recorder, reader } = clientTable(100_000);
    expect(memory.byteLength).toBeLessThanOrEqual(32_000_000);
    const addresses = new Addresses();
    const exchange = exchangeFrom(addresses.bytes);
    for (let i = 0; i < 100_000; i++) {
      addresses.mixed(i);
      recorder.now = NOW * 1_000 + i;
      recorder.record(exchange, CODE.served);
    }
    expect(reader.list().total).toBeGreaterThanOrEqual(99_900);
  });

  test('regular clients outlast a million forged sources; what found no room is counted', () => {
    const { memory, recorder, reader } = clientTable(2_000);
    const addresses = new Addresses();
    const exchange = exchangeFrom(addresses.bytes);
    for (let poll = 0; poll < 4; poll++)
      for (let i = 0; i < 1_000; i++) {
        addresses.mixed(i);
        recorder.now = (NOW + poll * 64) * 1_000 + i;
        recorder.record(exchange, CODE.served);
      }
    const later = (NOW + 300) * 1_000;
    for (let i = 0; i < 1_000_000; i++) {
      addresses.mixed(1_000_000 + i);
      recorder.now = later + i * 0.01;
      recorder.record(exchange, CODE.denied);
    }
    let kept = 0;
    reader.forEach((record) => {
      if (record.packets === 4) kept++;
    });
    expect(kept).toBeGreaterThanOrEqual(999);
    const { capacity, refused, replaced, missed } = reader.table();
    expect(reader.list().total).toBe(capacity);
    // Every forged source took an empty place, another's place, or none.
    expect(capacity - 1_000 + replaced + refused + missed).toBe(1_000_000);
    expect(new ClientRecorder(memory)).toBeDefined();
  });

  test('one-time visitors go first, the oldest of them before the others', () => {
    const { visit, reader } = clientTable(1);
    const { capacity } = reader.table();
    for (let i = 0; i < capacity; i++) visit(`10.0.0.${i}`, i * 10);
    visit('10.0.0.0', 500);
    expect(reader.list().total).toBe(capacity);
    visit(CLIENT, 600);
    expect(reader.get('10.0.0.0'), 'came back').toBeDefined();
    expect(reader.get('10.0.0.1'), 'the oldest').toBeUndefined();
    expect(reader.list().total).toBe(capacity);
  });

  test('a regular client goes when it was away for a day', () => {
    const { visit, reader } = regulars();
    visit(CLIENT, 90_000);
    expect(reader.get(CLIENT)).toBeDefined();
    // The one seen longest ago.
    expect(reader.get('10.0.0.0')).toBeUndefined();
  });

  test('among regular clients that are present few newcomers get in, and then the longest idle goes', () => {
    let admitted = 0;
    for (let i = 0; i < 300; i++) {
      const { visit, reader } = regulars();
      visit(CLIENT, 86_300);
      if (reader.get(CLIENT)) admitted++;
    }
    // One in 64: 4.7 expected.
    expect(admitted).toBeLessThan(30);
    const { visit, reader } = regulars();
    for (let i = 0; i < 5_000 && !reader.get(CLIENT); i++) visit(CLIENT, 300);
    expect(reader.get(CLIENT)).toBeDefined();
    expect(reader.get('10.0.0.0')).toBeUndefined();
  });
});

/** The smallest table, full of clients that asked four times, until second 192 and one second after the other. */
function regulars() {
  const table = clientTable(1);
  const { capacity } = table.reader.table();
  for (let i = 0; i < capacity; i++) for (let n = 0; n < 4; n++) table.visit(`10.0.0.${i}`, n * 64 + i);
  return table;
}
