import { afterEach, describe, expect, test } from 'vitest';
import { type DgramServer, openDgramServer } from '../../../hw/linux/dgram-server.ts';
import { UserClock } from '../../../hw/linux/user-clock.ts';
import { parseAddress } from '../../../src/access/address.ts';
import { UdpClient } from './udp-client.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0)) close();
});

async function open(host: string, port = 0): Promise<DgramServer> {
  const server = await openDgramServer({ listen: [{ host, port }], parseAddress });
  cleanUp.push(() => server.close());
  return server;
}

describe('a datagram through dgram', () => {
  test.each([
    ['127.0.0.1', '00000000000000000000ffff7f000001'],
    ['::1', '00000000000000000000000000000001'],
  ])('on %s: slot, stamp, answer', async (address, hex) => {
    const server = await open(address);
    const port = server.bound[0]?.port ?? 0;
    const client = await UdpClient.on(address);
    cleanUp.push(() => client.close());
    let seen: unknown;
    const stamp = new Float64Array(2);
    server.onReady = () => {
      expect(server.receive(0)).toBe(1);
      server.readClock(stamp);
      seen = {
        text: Buffer.from(server.data.subarray(0, server.length[0])).toString(),
        source: [Buffer.from(server.sourceAddress).toString('hex'), server.sourcePort[0]],
        local: [Buffer.from(server.localAddress).toString('hex'), server.localPort[0]],
      };
      server.answerLength[0] = 2;
      expect(server.send(1)).toBe(1);
    };
    const answer = await client.ask(Buffer.from('hello'), port, address);
    expect(answer.bytes.toString()).toBe('he');
    expect(seen).toEqual({ text: 'hello', source: [hex, client.port], local: [hex, port] });
    const waited = (stamp[0] ?? 0) - (server.receivedSeconds[0] ?? 0);
    expect(waited + ((stamp[1] ?? 0) - (server.receivedNanos[0] ?? 0)) / 1e9).toBeGreaterThanOrEqual(0);
    expect(server.receive(0)).toBe(0);
  });

  test('a taken port is named, with the remedy', async () => {
    const port = (await open('127.0.0.1')).bound[0]?.port ?? 0;
    await expect(open('127.0.0.1', port)).rejects.toThrow(
      `another program serves NTP on 127.0.0.1:${port}: stop it or choose another port with --ntp`,
    );
  });
});

test('the user clock stays within the millisecond that Date.now() names, and is finer', () => {
  const clock = new UserClock();
  const stamp = new Float64Array(2);
  const fractions = new Set<number>();
  for (let i = 0; i < 2_000; i++) {
    const before = Date.now();
    clock.read(stamp);
    const after = Date.now();
    const millis = (stamp[0] as number) * 1000 + (stamp[1] as number) / 1e6;
    expect(millis).toBeGreaterThan(before - 0.001);
    expect(millis).toBeLessThan(after + 1.001);
    fractions.add((stamp[1] as number) % 1e6);
  }
  expect(fractions.size).toBeGreaterThan(100);
});
