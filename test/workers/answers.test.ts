import { closeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { unsynchronisedBlock } from '../../src/clock/clock-block.ts';
import { writeMapping } from '../../src/time/clock-mapping.ts';
import { NTP_MINUS_POSIX } from '../../src/time/ntp-timestamp.ts';
import { AnswersHost } from '../../src/workers/answers-host.ts';
import { UdpClient } from '../hw/linux/udp-client.ts';
import { descriptorsOf } from './descriptors.ts';
import { afterwards, askTime, entry, run } from './running.ts';
import { sharedClock } from './serving.ts';

const posix = (stamp: { seconds: number; fraction: number }) =>
  stamp.seconds - NTP_MINUS_POSIX + stamp.fraction / 2 ** 32;

describe.each([
  { name: 'batches', useDgram: false },
  { name: 'dgram', useDgram: true },
])('time over UDP, $name', ({ useDgram }) => {
  test.each(['127.0.0.1', '::1'])('from %s', async (address) => {
    const { host, bound } = await run({ listen: [{ host: address, port: 0 }], useDgram });
    const before = Date.now() / 1000;
    const answer = await askTime(address, bound[0]?.port ?? 0);
    const after = Date.now() / 1000;
    expect(answer).toMatchObject({ leap: 0, version: 4, mode: 4, stratum: 1, refid: 0x47505300 });
    expect(answer.origin).toEqual({ seconds: 0x01234567, fraction: 0x89abcdef });
    expect(posix(answer.receive)).toBeGreaterThan(before - 0.002);
    expect(posix(answer.transmit)).toBeGreaterThan(posix(answer.receive));
    expect(posix(answer.transmit)).toBeLessThan(after + 0.002);
    expect(host.counters()).toMatchObject({ served: 1, 'send-failed': 0 });
    expect(host.state()).toMatchObject({ state: 'open', reason: '', restarts: 0 });
  });

  test('what is not a request is counted and not answered', async () => {
    const { host, bound } = await run({ useDgram });
    const client = await UdpClient.on('127.0.0.1');
    afterwards(() => client.close());
    const port = bound[0]?.port ?? 0;
    client.send(Buffer.alloc(3), port, '127.0.0.1');
    client.send(Buffer.from([0x26, ...new Array(11).fill(0)]), port, '127.0.0.1'); // mode 6
    client.send(Buffer.alloc(3_000, 0x23), port, '127.0.0.1');
    const request = Buffer.alloc(48);
    request[0] = 0x1b;
    const answer = await client.ask(request, port, '127.0.0.1');
    expect(answer.bytes[0]).toBe(0x1c);
    expect(host.counters()).toMatchObject({ 'bad-version': 1, 'control-query': 1, 'too-long': 1, served: 1 });
  });

  test('without a clock: unsynchronised', async () => {
    const { host, bound } = await run({ ...sharedClock(unsynchronisedBlock()), useDgram });
    const answer = await askTime('127.0.0.1', bound[0]?.port ?? 0);
    expect(answer).toMatchObject({ leap: 3, stratum: 0, refid: 0, rootDelay: 0x10000 });
    expect(host.counters()).toMatchObject({ served: 0, 'served-unsynchronised': 1 });
  });

  test('every stamp passes the mapping: both are an hour ahead when the local clock is', async () => {
    const shared = sharedClock();
    writeMapping(shared.mapping, { anchorSeconds: 0, anchorNanos: 0, offset: 3.5e12, rate: 0 });
    const { bound } = await run({ ...shared, useDgram });
    const answer = await askTime('127.0.0.1', bound[0]?.port ?? 0);
    const now = Date.now() / 1000;
    expect(Math.abs(posix(answer.receive) - now - 3_500)).toBeLessThan(1);
    expect(Math.abs(posix(answer.transmit) - now - 3_500)).toBeLessThan(1);
  });

  test('a second server on the same port is told why', async () => {
    const { bound } = await run({ useDgram });
    const { port = 0 } = bound[0] ?? {};
    const second = new AnswersHost({
      listen: [{ host: '127.0.0.1', port }],
      ...sharedClock(),
      entry,
      useDgram,
    });
    const message = `another program serves NTP on 127.0.0.1:${port}: stop it or choose another port with --ntp`;
    await expect(second.start()).rejects.toThrow(message);
    expect(second.state()).toMatchObject({ state: 'failed', reason: message });
    await second.stop();
  });

  test('stops soon and frees the port', async () => {
    const { host, bound } = await run({ useDgram });
    const begin = performance.now();
    await host.stop();
    // Half a second where the machine has nothing else to do.
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(host.state().state).toBe('closed');
    const again = await run({ listen: [{ host: '127.0.0.1', port: bound[0]?.port ?? 0 }], useDgram });
    expect(again.bound).toEqual(bound);
  });
});

describe('on all addresses', () => {
  test('the answer leaves from the address that was asked, IPv4 and IPv6 on one port', async () => {
    const first = await run({ listen: [{ host: '0.0.0.0', port: 0 }] });
    const { port = 0 } = first.bound[0] ?? {};
    await run({ listen: [{ host: '::', port }] });
    expect((await askTime('127.0.0.1', port)).from).toBe('127.0.0.1');
    expect((await askTime('127.0.0.2', port, '127.0.0.1')).from).toBe('127.0.0.2');
    expect((await askTime('::1', port)).from).toBe('::1');
  });
});

describe('a thread that dies', () => {
  test('of an exception is started again, on the same port, and its counters go on', async () => {
    const dying = new URL('./dying-answers.mjs', import.meta.url);
    const { host, bound, until } = await run({ entry: dying });
    const failed = await until(({ state }) => state === 'failed');
    expect(failed.reason).toBe('the answer thread died: a bug; starting it again in 0.1 s');
    // Asked while nobody serves: the request waits in the socket, which outlives the thread.
    const answer = await askTime('127.0.0.1', bound[0]?.port ?? 0);
    expect(answer.stratum).toBe(1);
    expect(host.state()).toMatchObject({ state: 'open', restarts: 1 });
    expect(host.counters().served).toBe(2);
  });

  test('because its socket was closed underneath gets a new one on the same port', async () => {
    const { bound, until } = await run();
    const { port = 0 } = bound[0] ?? {};
    closeSync(descriptorsOf(port)[0] as number);
    await until(({ state, restarts }) => state === 'open' && restarts === 1);
    expect((await askTime('127.0.0.1', port)).stratum).toBe(1);
    const failed = await until(({ state }) => state === 'failed');
    expect(failed.reason).toContain(`port ${port} was closed underneath`);
  });

  test('again and again waits longer each time', async () => {
    const stillborn = new URL(`data:text/javascript,
      import { parentPort, workerData } from 'node:worker_threads';
      const counts = new Float64Array(workerData.counters);
      if (counts[0]++ > 0) throw new Error('still broken');
      parentPort.postMessage({ type: 'serving', bound: [] });
      setImmediate(() => { throw new Error('broken'); });`);
    const { host, until } = await run({ entry: stillborn });
    const third = await until(({ reason }) => reason.includes('0.4 s'));
    expect(third).toMatchObject({ state: 'failed', restarts: 2 });
    await host.stop();
    expect(host.state().state).toBe('closed');
  });
});
