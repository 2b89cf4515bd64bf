/** Who is served, how often, with which key and in which mode: the rules of `respond()` beyond the packet's own form. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { KeyData } from '../../src/access/keys/keyring.ts';
import { ask, bytesOf, NOW, request, type Situation, serviceOf } from './exchange.ts';

const SECRET = new TextEncoder().encode('correct horse battery');
const KEYS: readonly KeyData[] = [
  { id: 7, type: 'SHA1', secret: SECRET, from: [] },
  { id: 8, type: 'MD5', secret: SECRET, from: [] },
];

/** A request with the MAC that ntpd and chronyd would give it: RFC 5905 appendix A. */
function signed(keyId: number, algorithm: string, plain = request()): Uint8Array {
  const digest = createHash(algorithm).update(SECRET).update(plain).digest();
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  return Uint8Array.from(Buffer.concat([plain, id, digest]));
}

describe.each([
  {
    family: 'IPv4',
    inside: '192.0.2.10',
    outside: '198.51.100.10',
    network: '192.0.2.0/24',
    host: '192.0.2.10/32',
  },
  {
    family: 'IPv6',
    inside: '2001:db8::10',
    outside: '2001:db9::10',
    network: '2001:db8::/64',
    host: '2001:db8::10/128',
  },
])('access rules, $family', ({ inside, outside, network, host }) => {
  const outcome = (source: string, rules: Situation['rules']) =>
    ask(request(), { source, rules: rules ?? [] });

  test('no rule: silence', () => {
    expect(outcome(inside, [])).toMatchObject({ outcome: 'denied', answer: undefined });
  });

  test('a rule serves its network and nobody else', () => {
    const rules = [{ prefix: network }];
    expect(outcome(inside, rules).outcome).toBe('served');
    expect(outcome(outside, rules)).toMatchObject({ outcome: 'denied', answer: undefined });
  });

  test('the longest prefix wins, in any order', () => {
    const rules = [{ prefix: network }, { prefix: host, action: 'ignore' as const }, { prefix: 'any' }];
    for (const order of [rules, [...rules].reverse()]) {
      expect(outcome(inside, order)).toMatchObject({ outcome: 'denied', answer: undefined });
      expect(outcome(outside, order).outcome).toBe('served');
    }
  });

  test('/0 of the family', () => {
    const all = inside.includes(':') ? '::/0' : '0.0.0.0/0';
    const other = inside.includes(':') ? '0.0.0.0/0' : '::/0';
    expect(outcome(inside, [{ prefix: all }]).outcome).toBe('served');
    expect(outcome(inside, [{ prefix: other }]).outcome).toBe('denied');
  });

  test('deny: the kiss code DENY once, then silence', () => {
    const service = serviceOf({ rules: [{ prefix: network, action: 'deny' }] });
    const { outcome, header, answer } = ask(request(), { source: inside, service });
    expect(outcome).toBe('kiss-deny');
    expect(answer?.length).toBe(48);
    expect(header).toMatchObject({
      leap: 3,
      version: 4,
      mode: 4,
      stratum: 0,
      refid: 0x44454e59,
      reference: { seconds: 0, fraction: 0 },
      origin: { seconds: 0x01234567, fraction: 0x89abcdef },
    });
    expect(ask(request(), { source: inside, service })).toMatchObject({
      outcome: 'denied',
      answer: undefined,
    });
  });

  test('the rate limit: burst, then silence with one RATE, then one per interval', () => {
    const rateLimit = { interval: 8, burst: 3, leak: 0 };
    const service = serviceOf({ rules: [{ prefix: network, rateLimit }] });
    const at = (seconds: number) =>
      ask(request(), { source: inside, service, arrived: (NOW + seconds) * 1000 });
    expect([0, 0, 0].map((second) => at(second).outcome)).toEqual(['served', 'served', 'served']);
    const kiss = at(0);
    expect(kiss.outcome).toBe('kiss-rate');
    expect(kiss.header).toMatchObject({ leap: 3, stratum: 0, refid: 0x52415445, poll: 6 });
    expect(at(1)).toMatchObject({ outcome: 'rate-limited', answer: undefined });
    expect(at(9).outcome).toBe('served');
    expect(at(9).outcome).toBe('rate-limited');
  });

  test('the leak: a share of requests over the limit is answered', () => {
    const rateLimit = { interval: 1000, burst: 1, leak: 4 };
    const service = serviceOf({ rules: [{ prefix: network, rateLimit }] });
    const reactions = Array.from({ length: 2000 }, () => ask(request(), { source: inside, service }));
    const answered = reactions.slice(1).filter(({ outcome }) => outcome === 'served');
    expect(answered.every(({ exchange }) => exchange.overLimit)).toBe(true);
    // 1 in 4 of 1999: five sigma are 97.
    expect(Math.abs(answered.length - 500)).toBeLessThan(97);
  });
});

describe('symmetric keys', () => {
  test.each([
    [7, 'sha1', 72],
    [8, 'md5', 68],
  ])('key %i (%s): the answer is signed with it', (id, algorithm, length) => {
    const { outcome, exchange, answer } = ask(signed(id, algorithm), { keys: KEYS });
    expect(outcome).toBe('served');
    expect(answer?.length).toBe(length);
    expect(exchange.key).toBeGreaterThanOrEqual(0);
  });

  test('fields before the MAC are covered by it and not echoed', () => {
    const withField = request(0x23, `7777001c${'00'.repeat(24)}`);
    const { outcome, answer } = ask(signed(7, 'sha1', withField), { keys: KEYS });
    expect([outcome, answer?.length]).toEqual(['served', 72]);
    const changed = signed(7, 'sha1', withField);
    changed[60] = 1;
    expect(ask(changed, { keys: KEYS }).outcome).toBe('bad-mac');
  });

  test('anything wrong with the MAC: silence', () => {
    const flipped = signed(7, 'sha1');
    flipped[70] = (flipped[70] as number) ^ 1;
    expect(ask(flipped, { keys: KEYS })).toMatchObject({ outcome: 'bad-mac', answer: undefined });
    expect(ask(signed(9, 'sha1'), { keys: KEYS })).toMatchObject({
      outcome: 'unknown-key',
      answer: undefined,
    });
    expect(ask(signed(8, 'sha1'), { keys: KEYS })).toMatchObject({ outcome: 'bad-mac', answer: undefined });
    const limited = [
      { ...(KEYS[0] as KeyData), from: [{ bytes: bytesOf(`20010db8${'00'.repeat(12)}`), length: 32 }] },
    ];
    expect(ask(signed(7, 'sha1'), { keys: limited })).toMatchObject({
      outcome: 'key-not-allowed',
      answer: undefined,
    });
    expect(ask(signed(7, 'sha1'), { keys: limited, source: '2001:db8::1' }).outcome).toBe('served');
  });

  test('a rule that requires a key', () => {
    const asked = (packet: Uint8Array, requireKey: boolean | number) =>
      ask(packet, { keys: KEYS, rules: [{ requireKey }] }).outcome;
    expect(asked(request(), true)).toBe('key-required');
    expect(asked(signed(7, 'sha1'), true)).toBe('served');
    expect(asked(signed(7, 'sha1'), 8)).toBe('key-required');
    expect(asked(signed(8, 'md5'), 8)).toBe('served');
  });

  test('a kiss code to an authenticated request is signed, to one with a bad MAC never sent', () => {
    const rules = [{ action: 'deny' as const }];
    const kiss = ask(signed(7, 'sha1'), { keys: KEYS, rules });
    expect([kiss.outcome, kiss.answer?.length]).toEqual(['kiss-deny', 72]);
    expect(ask(signed(9, 'sha1'), { keys: KEYS, rules })).toMatchObject({
      outcome: 'denied',
      answer: undefined,
    });
  });
});

describe('control queries', () => {
  const query = bytesOf('16 01 0001 0000 0000 0000 0000');

  test('are refused unless the rule allows them', () => {
    expect(ask(query)).toMatchObject({ outcome: 'control-query', answer: undefined });
    expect(ask(query, { rules: [] })).toMatchObject({ outcome: 'control-query', answer: undefined });
  });

  test('go with the longest prefix, whatever its action says of time', () => {
    const rules = [{ allowQueries: true, action: 'ignore' as const }];
    // Nothing is published yet, so that there is nothing to answer; but it was asked.
    expect(ask(query, { rules }).outcome).toBe('control-bad');
  });
});
