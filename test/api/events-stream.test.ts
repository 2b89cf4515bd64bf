/** Live events over real sockets: many readers, slow readers, readers that come back. */
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/api/actor.ts';
import { MOST_STREAMS } from '../../src/events/live-feed.ts';
import { aStatus } from '../support/a-status.ts';
import { ANN, recordApi, recordSide } from '../support/record-side.ts';
import { until } from '../support/until.ts';

let server: FastifyInstance | undefined;
let port = 0;
const sockets: { destroy(): unknown }[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close();
  server = undefined;
});

async function serve(actor?: () => Actor | undefined, mayContinue?: () => boolean) {
  const record = recordSide();
  server = await recordApi(record.side, actor, mayContinue);
  await server.listen({ host: '127.0.0.1', port: 0 });
  port = (server.server.address() as AddressInfo).port;
  return record;
}

interface Reading {
  readonly response: IncomingMessage;
  text: string;
  ended: boolean;
  /** Names of the events so far. */
  events(): string[];
}

function read(path = '/api/v1/events', headers: Record<string, string> = {}): Promise<Reading> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const reading: Reading = {
        response,
        text: '',
        ended: false,
        events: () => [...reading.text.matchAll(/^event: (\w+)/gm)].map((match) => match[1] as string),
      };
      sockets.push(response);
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        reading.text += chunk;
      });
      response.on('error', () => {});
      response.on('close', () => {
        reading.ended = true;
      });
      resolve(reading);
    });
    asked.on('error', reject);
    asked.end();
  });
}

const seen = (reading: Reading, what: string) =>
  until(what, () => (reading.text.includes(what) ? true : undefined));

describe('GET /api/v1/events', () => {
  test('streams status, events, configuration and sentences', async () => {
    const { side, turn, timers } = await serve();
    const reading = await read('/api/v1/events?nmea=1');
    expect(reading.response.statusCode).toBe(200);
    expect(reading.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    turn(aStatus({ stratum: 1 }));
    side.events.raise('antenna', 'gone');
    side.feed.config(3);
    side.sentence('$GPZDA*00');
    await timers.advance(100);
    await seen(reading, '$GPZDA*00');
    expect(reading.events()).toEqual(['event', 'status', 'event', 'config', 'nmea']);
    expect(reading.text.startsWith('retry: 2000\n\n')).toBe(true);
    const status = /^event: status\ndata: (.*)$/m.exec(reading.text)?.[1] as string;
    // What is not known is null, as in GET /api/v1/status.
    expect(JSON.parse(status)).toMatchObject({ stratum: 1, reference: { refusal: null } });
  });

  test('who is not logged in sees the status and nothing else', async () => {
    const { side, turn } = await serve(() => ({ name: 'anyone', role: 'viewer', via: 'open', address: '' }));
    const reading = await read('/api/v1/events?nmea=1', { 'last-event-id': '0' });
    side.events.raise('login-failed', 'secret matter');
    side.sentence('$GPZDA*00');
    turn(aStatus());
    await seen(reading, 'event: status');
    turn(aStatus({ stratum: 16 }));
    await seen(reading, '"stratum":16');
    expect(reading.events()).toEqual(['status', 'status']);
  });

  test('who comes back is told what was missed', async () => {
    const { side } = await serve();
    side.events.raise('antenna', 'one');
    side.events.raise('pps-lost', 'two');
    const reading = await read('/api/v1/events', { 'last-event-id': '2' });
    await seen(reading, '"two"');
    expect(reading.text).not.toContain('"one"');
    for (const id of ['x', '-1', '99999999999999999999']) {
      const odd = await read('/api/v1/events', { 'last-event-id': id });
      await seen(odd, 'retry');
      expect(odd.events()).toEqual([]);
    }
  });

  test('256 streams and no more; each gets everything; closing makes room', async () => {
    const { side, turn } = await serve();
    const readings = await Promise.all(Array.from({ length: MOST_STREAMS }, () => read()));
    expect(side.feed.streams).toBe(MOST_STREAMS);
    const refused = await read();
    expect(refused.response.statusCode).toBe(503);
    expect(refused.response.headers).toMatchObject({
      'retry-after': '10',
      'content-type': expect.stringContaining('application/problem+json'),
    });
    for (const stratum of [1, 16]) {
      turn(aStatus({ stratum }));
      for (const reading of readings) await seen(reading, `"stratum":${stratum}`);
    }
    readings[0]?.response.destroy();
    await until('room', () => (side.feed.streams === MOST_STREAMS - 1 ? true : undefined));
    expect((await read()).response.statusCode).toBe(200);
  });

  test('a reader that does not read loses its stream; others lose nothing, memory stays bounded', async () => {
    const { side, turn, timers } = await serve();
    const slow = await new Promise<Socket>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
    });
    sockets.push(slow);
    slow.on('error', () => {});
    slow.write('GET /api/v1/events?nmea=1 HTTP/1.1\r\nHost: x\r\n\r\n');
    slow.pause();
    const good = await read('/api/v1/events?nmea=1');
    await until('two streams', () => (side.feed.streams === 2 ? true : undefined));
    // What the kernel holds for a reader comes first: some megabytes.
    for (let round = 0; side.feed.dropped === 0; round++) {
      expect(round).toBeLessThan(1000);
      good.text = '';
      side.sentence(`$GP${'X'.repeat(60_000)}*${round}.`);
      turn(aStatus());
      await timers.advance(100);
      while (!good.text.includes(`*${round}.`))
        await new Promise((resolve) => good.response.once('data', resolve));
    }
    expect(side.feed.streams).toBe(1);
    expect(good.ended).toBe(false);
  });

  test('ends when the login has ended, and when the appliance ends', async () => {
    let allowed = true;
    const { side, timers } = await serve(
      () => ANN,
      () => allowed,
    );
    const first = await read();
    await timers.advance(15_000);
    await seen(first, ': alive');
    allowed = false;
    await timers.advance(15_000);
    await until('the end', () => (first.ended ? true : undefined));
    allowed = true;
    const second = await read();
    await side.stop();
    await until('the end', () => (second.ended ? true : undefined));
  });

  test('HEAD is refused rather than never answered', async () => {
    await serve();
    const { statusCode } = (await server?.inject({ method: 'HEAD', url: '/api/v1/events' })) ?? {};
    expect(statusCode).toBe(405);
    const odd = await server?.inject({ url: '/api/v1/events?nmea=2' });
    expect(odd?.statusCode).toBe(400);
  });
});
