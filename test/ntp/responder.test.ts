import { describe, expect, test } from 'vitest';
import { writeMapping } from '../../src/time/clock-mapping.ts';
import { NTP_MINUS_POSIX } from '../../src/time/ntp-timestamp.ts';
import { goodBlock, NOW, OFFSET, request } from './exchange.ts';
import { virtualResponder } from './virtual-server.ts';

const nanos = (stamp: { seconds: number; fraction: number }) =>
  Math.round((stamp.seconds - NTP_MINUS_POSIX - NOW) * 1e9 + (stamp.fraction / 2 ** 32) * 1e9);

describe('a batch', () => {
  test('each request keeps its own receive stamp; all leave with the last reading before the send', () => {
    const { server, responder, counts } = virtualResponder();
    server.arrive(request(), request(0x24), request(0x1b));
    expect(responder.serveBatch(0)).toBe(3);
    expect([...server.answerLength]).toEqual([48, 0, 48, 0]);
    expect([nanos(server.answer(0).receive), nanos(server.answer(2).receive)]).toEqual([0, 200_000]);
    expect([nanos(server.answer(0).transmit), nanos(server.answer(2).transmit)]).toEqual([
      server.nanos,
      server.nanos,
    ]);
    expect(counts()).toMatchObject({ served: 2, 'response-mode': 1 });
  });

  test('of nothing reads no clock', () => {
    const { server, responder } = virtualResponder();
    expect(responder.serveBatch(0)).toBe(0);
    expect(server.nanos).toBe(500_000_000);
  });

  test('answers that the kernel does not take are counted', () => {
    const { server, responder, counts } = virtualResponder();
    server.refuses = 1;
    server.arrive(request(), request());
    responder.serveBatch(0);
    expect(counts()).toMatchObject({ served: 2, 'send-failed': 1 });
  });

  test('a source that is our own socket is known by the addresses the host is told to have', () => {
    const { server, responder, counts } = virtualResponder();
    responder.setHostAddresses(['192.0.2.11']);
    server.sourcePort.fill(123);
    server.arrive(request(), request());
    responder.serveBatch(0);
    expect(counts()).toMatchObject({ served: 1, 'source-is-server': 1 });
  });
});

describe('what is published in between', () => {
  test('the clock takes effect with the next batch', () => {
    const { server, responder, clock } = virtualResponder();
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0).stratum).toBe(1);
    clock.write(goodBlock({ stratum: 16 }));
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0)).toMatchObject({ leap: 3, stratum: 0 });
    clock.write(goodBlock({ taiSeconds: NOW + OFFSET + 3 }));
    server.arrive(request());
    responder.serveBatch(0);
    expect(nanos(server.answer(0).receive)).toBe(3e9);
  });

  test('answers stamped while the clock was withdrawn to be stepped do not leave', () => {
    const { server, responder, clock, counts } = virtualResponder();
    let readings = 0;
    server.read = () => {
      if (++readings === 2) clock.write(goodBlock({ stratum: 16 }));
    };
    server.arrive(request(), request());
    responder.serveBatch(0);
    expect(server.sent).toBe(0);
    expect(counts()).toMatchObject({ served: 2, 'send-failed': 2 });
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0)).toMatchObject({ leap: 3, stratum: 0 });
    // The other way round nothing is wrong with them.
    server.read = () => clock.write(goodBlock());
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.sent).toBe(2);
  });

  test('the mapping is applied to every stamp at its own time', () => {
    const { server, responder, mapping } = virtualResponder();
    // Local is 2 ms ahead and gains 1 ms a second: at NOW 2 ms, half a second later 2.5 ms.
    writeMapping(mapping, { anchorSeconds: NOW, anchorNanos: 0, offset: 2e6, rate: 1e6 });
    server.arrive(request());
    responder.serveBatch(0);
    expect(nanos(server.answer(0).receive)).toBe(2_000_000);
    expect(nanos(server.answer(0).transmit)).toBe(server.nanos + 2_000_000 + server.nanos / 1_000);
  });

  test('a block past its end is not served', () => {
    const { server, responder, clock } = virtualResponder();
    clock.write(goodBlock({ validUntil: NOW }));
    server.arrive(request());
    responder.serveBatch(0);
    expect(server.answer(0)).toMatchObject({ leap: 3, stratum: 0 });
  });
});
