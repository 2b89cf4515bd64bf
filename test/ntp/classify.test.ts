import { describe, expect, test } from 'vitest';
import { OUTCOME_NAMES } from '../../src/ntp/outcomes.ts';
import { OwnSockets } from '../../src/ntp/own-sockets.ts';
import { ask, bytesOf, hexOf, request } from './exchange.ts';
import { packetRows } from './packet-rows.ts';
import { signedRows } from './signed-rows.ts';

describe('every packet rule', () => {
  test.each(packetRows)('$name → $outcome', ({ packet, outcome, golden, situation, service }) => {
    const reaction = ask(packet, { ...situation, ...(service && { service: service() }) });
    expect({ outcome: reaction.outcome, bytes: reaction.answer && hexOf(reaction.answer) }).toStrictEqual({
      outcome,
      bytes: golden && hexOf(bytesOf(golden)),
    });
  });

  test('has a row for each outcome but those that have tests of their own', () => {
    const missing = new Set<string>(OUTCOME_NAMES);
    for (const { outcome } of [...packetRows, ...signedRows]) missing.delete(outcome);
    // Below, and in control/.
    expect([...missing]).toEqual(['control-answered', 'control-bad', 'source-is-server']);
  });
});

describe('our own sockets as a source', () => {
  const all = () =>
    new OwnSockets([
      { address: '0.0.0.0', port: 123 },
      { address: '::', port: 123 },
    ]);
  const one = () => new OwnSockets([{ address: '192.0.2.1', port: 11_123 }]);
  const outcome = (source: string, port: number, own: OwnSockets) =>
    ask(request(), { source, port, own }).outcome;

  test('bound to one address: exactly that address and port', () => {
    expect(outcome('192.0.2.1', 11_123, one())).toBe('source-is-server');
    expect(outcome('::ffff:192.0.2.1', 11_123, one())).toBe('source-is-server');
    expect(outcome('192.0.2.1', 11_124, one())).toBe('served');
    expect(outcome('192.0.2.2', 11_123, one())).toBe('served');
  });

  test('bound to all: the address asked, loopback, and what the host is told to have', () => {
    const own = all();
    expect(outcome('192.0.2.1', 123, own)).toBe('source-is-server'); // the address asked
    expect(outcome('127.0.0.9', 123, own)).toBe('source-is-server');
    expect(outcome('::1', 123, own)).toBe('source-is-server');
    expect(outcome('2001:db8::5', 123, own)).toBe('served');
    own.setHostAddresses(['2001:db8::5', '198.51.100.7', 'fe80::5%eth0']);
    expect(outcome('2001:db8::5', 123, own)).toBe('source-is-server');
    expect(outcome('198.51.100.7', 123, own)).toBe('source-is-server');
    expect(outcome('fe80::5', 123, own)).toBe('source-is-server');
    expect(outcome('198.51.100.7', 124, own)).toBe('served');
    own.setHostAddresses([]);
    expect(outcome('198.51.100.7', 123, own)).toBe('served');
  });
});
