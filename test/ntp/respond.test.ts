/** The fields of an answer, one by one; whole answers are in packet-rows.ts and signed-rows.ts. */
import { describe, expect, test } from 'vitest';
import { NTP_MINUS_POSIX } from '../../src/time/ntp-timestamp.ts';
import { ask, bytesOf, hexOf, NOW, OFFSET, request, type Situation } from './exchange.ts';

const NTP_NOW = NOW + NTP_MINUS_POSIX;
const answerTo = (packet: Uint8Array, situation?: Situation) => {
  const { header } = ask(packet, situation);
  if (!header) throw new Error('no answer');
  return header;
};

describe('a synchronised answer', () => {
  test.each([1, 2, 3, 4])('version %i is echoed', (version) => {
    expect(answerTo(request((version << 3) | 3))).toMatchObject({ version, mode: 4 });
  });

  test('mode 1 is answered with 2, version 1 without a mode with 4', () => {
    expect(answerTo(request(0x21)).mode).toBe(2);
    expect(answerTo(request(0x08))).toMatchObject({ version: 1, mode: 4 });
  });

  test("the request's leap, stratum and other fields leave no trace", () => {
    const loud = request(0xe3);
    loud.fill(0xff, 1, 40);
    loud[2] = 6;
    expect(hexOf(ask(loud).answer as Uint8Array)).toBe(hexOf(ask(request()).answer as Uint8Array));
  });

  test.each(['0000000000000000', 'ffffffffffffffff', '0123456789abcdef'])(
    'origin %s bit for bit',
    (stamp) => {
      const packet = request();
      packet.set(bytesOf(stamp), 40);
      expect(hexOf(ask(packet).answer?.subarray(24, 32) as Uint8Array)).toBe(stamp);
    },
  );

  test.each([
    [6, 1, 6],
    [3, 16, 4],
    [-128, 0.01, -6],
    [127, 16, 127],
  ])('poll %i with an interval of %f s is %i', (asked, interval, poll) => {
    const packet = request();
    packet[2] = asked;
    const rules = [{ rateLimit: { interval, burst: 8, leak: 0 } }];
    expect(answerTo(packet, { rules }).poll).toBe(poll);
  });

  test.each([
    [0, -32, 1], // the precision alone, rounded up to a unit
    [15_258, -32, 1], // just below 2⁻¹⁶ s
    [15_259, -32, 2], // just above it
    [1e9, -32, 0x10001],
    [1e15, -32, 0xffffffff],
  ])('bound %i ns, precision 2^%i s: dispersion %i', (bound, precision, rootDispersion) => {
    const header = answerTo(request(), { transmit: { bound }, block: { precision } });
    expect(header).toMatchObject({ rootDispersion, rootDelay: 0, precision });
  });

  test.each([0, 1, 2, 3])('leap %i of the served time', (leap) => {
    expect(answerTo(request(), { transmit: { leap } })).toMatchObject({ leap, stratum: 1 });
  });
});

describe('unsynchronised', () => {
  test('LI 3, stratum 0, no refid, no reference, 1 s of delay and dispersion', () => {
    const { outcome, header } = ask(request(), { transmit: { synchronised: false, leap: 0 } });
    expect(outcome).toBe('served-unsynchronised');
    expect(header).toMatchObject({
      leap: 3,
      stratum: 0,
      refid: 0,
      reference: { seconds: 0, fraction: 0 },
      rootDelay: 0x10000,
      rootDispersion: 0x10000,
      origin: { seconds: 0x01234567, fraction: 0x89abcdef },
    });
  });
});

describe('order of the stamps', () => {
  test('reference comes in UTC, by the offset of its own side of a leap second', () => {
    const leapAt = NOW + OFFSET; // the count changes at NOW
    const change = { leapAt, offsetBefore: OFFSET, offsetAfter: OFFSET + 1 };
    const receive = { seconds: NOW + 10 };
    const transmit = { seconds: NOW + 10, nanos: 500_000_000 };
    const before = answerTo(request(), {
      block: { ...change, referenceSeconds: leapAt - 1 },
      receive,
      transmit,
    });
    const after = answerTo(request(), {
      block: { ...change, referenceSeconds: leapAt + 5 },
      receive,
      transmit,
    });
    expect(before.reference.seconds).toBe(NTP_NOW - 1);
    expect(after.reference.seconds).toBe(NTP_NOW + 4);
  });

  test('an update that came while the request waited: reference = receive', () => {
    const header = answerTo(request(), {
      block: { referenceSeconds: NOW + OFFSET, referenceNanos: 250_000_001 },
    });
    expect(header.reference).toEqual(header.receive);
  });

  test('a clock that was stepped back in between: transmit is just after receive', () => {
    const { receive, transmit } = answerTo(request(), { transmit: { seconds: NOW - 5 } });
    expect(transmit).toEqual({ seconds: receive.seconds, fraction: receive.fraction + 1 });
  });

  test('equal readings: transmit ≠ receive', () => {
    const { receive, transmit } = answerTo(request(), { transmit: { nanos: 250_000_000 } });
    expect(transmit).toEqual({ seconds: receive.seconds, fraction: receive.fraction + 1 });
  });

  test('transmit ≠ origin, carrying into the seconds and over the era', () => {
    const packet = request();
    packet.set(bytesOf('ffffffffffffffff'), 40);
    const lastOfEra = 2 ** 32 - 1 - NTP_MINUS_POSIX;
    const header = answerTo(packet, {
      receive: { seconds: lastOfEra },
      transmit: { seconds: lastOfEra, nanos: 999_999_999.9999 },
    });
    expect(header.origin).toEqual({ seconds: 0xffffffff, fraction: 0xffffffff });
    expect(header.transmit).toEqual({ seconds: 0, fraction: 0 });
  });

  test('2036-02-07: the era turns between receive and transmit', () => {
    const eraOne = 2 ** 32 - NTP_MINUS_POSIX; // POSIX seconds of era 1's second 0
    const { receive, transmit } = answerTo(request(), {
      receive: { seconds: eraOne - 1, nanos: 999_999_000 },
      transmit: { seconds: eraOne, nanos: 1_000 },
      block: { referenceSeconds: eraOne - 3 + OFFSET },
    });
    expect(receive.seconds).toBe(0xffffffff);
    expect(transmit).toEqual({ seconds: 0, fraction: 4_294 });
  });

  test('2036-02-07: in era 1, reference in era 0', () => {
    const eraOne = 2 ** 32 - NTP_MINUS_POSIX;
    const { reference, receive } = answerTo(request(), {
      receive: { seconds: eraOne + 7 },
      transmit: { seconds: eraOne + 8 },
      block: { referenceSeconds: eraOne - 1 + OFFSET },
    });
    expect(reference.seconds).toBe(0xffffffff);
    expect(receive.seconds).toBe(7);
  });
});
