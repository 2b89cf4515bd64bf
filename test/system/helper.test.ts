/** The helper: a fixed list of verbs with checked arguments, over a real unix socket. */
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diskSpace, machineModel, memoryUse } from '../../src/system/machine.ts';
import { socketHelper } from '../../src/system/socket-helper.ts';
import { checkRequest, noHelper } from '../../src/system/system-helper.ts';
import { Scratch } from '../support/scratch.ts';

const network = {
  hostName: 'clock.example',
  interface: 'eth0',
  method: 'static',
  address: '192.0.2.7/24',
  gateway: '192.0.2.1',
};
const dhcp = { hostName: 'clock', interface: 'eth0.7', method: 'dhcp', address: '', gateway: '' };

describe('requests of the helper', () => {
  test.each<unknown>([
    { verb: 'reboot' },
    { verb: 'factory-reset' },
    { verb: 'firewall' },
    { verb: 'update', downgrade: false },
    { verb: 'update', downgrade: true },
    { verb: 'set-network', network },
    { verb: 'set-network', network: dhcp },
    { verb: 'set-network', network: { ...dhcp, hostName: '', interface: '' } },
    { verb: 'set-network', network: { ...network, address: '2001:db8::7/64', gateway: '' } },
  ])('%j', (request) => expect(checkRequest(request)).toEqual(request));

  test.each<unknown>([
    null,
    [],
    'reboot',
    {},
    { verb: 'rm' },
    { verb: 'toString' },
    { verb: 'reboot', also: 1 },
    { verb: 'update' },
    { verb: 'update', downgrade: 1 },
    { verb: 'update', downgrade: true, path: '/tmp/x' },
    { verb: 'firewall', port: 22 },
    { verb: 'set-network' },
    { verb: 'set-network', network: { ...network, extra: '' } },
    { verb: 'set-network', network: { ...network, hostName: 'a b' } },
    { verb: 'set-network', network: { ...network, hostName: '-a' } },
    { verb: 'set-network', network: { ...network, hostName: '$(reboot)' } },
    { verb: 'set-network', network: { ...network, hostName: `${'a'.repeat(60)}.`.repeat(5) } },
    { verb: 'set-network', network: { ...network, interface: '../x' } },
    { verb: 'set-network', network: { ...network, interface: '..' } },
    { verb: 'set-network', network: { ...network, interface: '-a' } },
    { verb: 'set-network', network: { ...network, interface: '--all' } },
    { verb: 'set-network', network: { ...network, interface: 'eth0; x' } },
    { verb: 'set-network', network: { ...network, method: 'auto' } },
    { verb: 'set-network', network: { ...network, address: '192.0.2.7' } },
    { verb: 'set-network', network: { ...network, address: '192.0.2.7/33' } },
    { verb: 'set-network', network: { ...network, address: '192.0.2.7/24/8' } },
    { verb: 'set-network', network: { ...network, gateway: '2001:db8::1' } },
    { verb: 'set-network', network: { ...network, gateway: 5 } },
    { verb: 'set-network', network: { ...dhcp, address: '192.0.2.7/24' } },
  ])('not %j', (request) => expect(checkRequest(request)).toBeTypeOf('string'));
});

describe('the helper behind a socket', () => {
  let scratch: Scratch;
  let server: Server;
  let path: string;
  let answer: (line: string, socket: Socket) => void;
  const asked: string[] = [];

  beforeEach(async () => {
    scratch = new Scratch();
    path = join(scratch.path, 'helper.sock');
    asked.length = 0;
    server = createServer((socket) => {
      socket.setEncoding('utf8');
      socket.on('error', () => {});
      socket.on('data', (text: string) => {
        asked.push(text);
        answer(text, socket);
      });
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
  });
  afterEach(() => {
    server.close();
    scratch.dispose();
  });

  test('asks in one line and takes the answer', async () => {
    answer = (_, socket) => socket.end('{"done":true,"text":"in a moment"}\n');
    const helper = socketHelper(path);
    expect(helper.can('reboot')).toBe(true);
    expect(await helper.perform({ verb: 'reboot' })).toEqual({ done: true, text: 'in a moment' });
    expect(asked).toEqual(['{"verb":"reboot"}\n']);
    answer = (_, socket) => socket.end('{"done":false,"reason":"no update lies there"}\n');
    expect(await helper.perform({ verb: 'update', downgrade: false })).toEqual({
      done: false,
      reason: 'no update lies there',
    });
    answer = (_, socket) => socket.end('{"done":false,"reason":"half of it","unsettled":true}\n');
    expect(await helper.perform({ verb: 'reboot' })).toEqual({
      done: false,
      reason: 'half of it',
      unsettled: true,
    });
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['hangs up', (socket) => socket.end(), /hung up/],
    ['talks nonsense', (socket) => socket.end('nonsense\n'), /nonsense/],
    ['says neither', (socket) => socket.end('{}\n'), /nonsense/],
    ['does not stop', (socket) => socket.write('x'.repeat(10_000)), /nonsense/],
  ])('one that %s', async (_, act, reason) => {
    answer = (_line, socket) => act(socket);
    const result = await socketHelper(path).perform({ verb: 'reboot' });
    expect(result).toEqual({ done: false, reason: expect.stringMatching(reason), unsettled: true });
  });

  test('is not even asked for what is not allowed', async () => {
    const result = await socketHelper(path).perform({
      verb: 'set-network',
      network: { ...network, method: 'static', interface: 'a b' },
    });
    expect(result).toMatchObject({ done: false });
    expect(asked).toEqual([]);
  });

  test('that is not there is said', async () => {
    const helper = socketHelper(join(scratch.path, 'none.sock'));
    expect(helper.can('reboot')).toBe(false);
    expect(await helper.perform({ verb: 'reboot' })).toEqual({
      done: false,
      reason: expect.stringContaining('ENOENT'),
      unsettled: true,
    });
    expect(noHelper('x').can('reboot')).toBe(false);
  });
});

describe('the machine', () => {
  test('says what it is, and how much room there is', async () => {
    const scratch = new Scratch({ model: 'Raspberry Pi 4 Model B Rev 1.4\u0000' });
    expect(machineModel(['/none', join(scratch.path, 'model')])).toBe('Raspberry Pi 4 Model B Rev 1.4');
    expect(machineModel(['/none'])).toMatch(/^\w+ \w+$/);
    const disk = await diskSpace(scratch.path);
    expect(disk?.totalBytes).toBeGreaterThan(disk?.freeBytes as number);
    expect(await diskSpace('/none/such')).toBeUndefined();
    const { totalBytes, freeBytes, residentBytes } = memoryUse();
    expect(totalBytes).toBeGreaterThan(freeBytes);
    expect(totalBytes).toBeGreaterThan(residentBytes);
    scratch.dispose();
  });
});
