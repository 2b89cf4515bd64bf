/** Over real sockets of the loopback interface; only the pauses are virtual. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Syslog } from '../../src/syslog/syslog.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { freePort } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function build(servers: readonly string[]) {
  const timers = new VirtualTimers();
  const changes: string[] = [];
  const syslog = new Syslog({
    timers,
    settings: { servers, facility: 'daemon' },
    hostName: 'clock',
    processId: 1,
    changed: (server, { state, reason }) => changes.push(`${server} ${state} ${reason}`),
  });
  closing.push(() => syslog.close());
  const send = (text: string) => syslog.send({ level: 'info', at: '-', id: 'log', text });
  return { syslog, timers, changes, send };
}

class TcpReceiver {
  readonly server: Server;
  readonly sockets: Socket[] = [];
  bytes = '';

  constructor() {
    this.server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        this.bytes += chunk;
      });
    });
    closing.push(() => this.close());
  }

  async listen(port: number): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  /** RFC 6587 §3.4.1, read strictly. */
  get texts(): string[] {
    const found: string[] = [];
    let rest = Buffer.from(this.bytes);
    while (rest.length > 0) {
      const head = /^([1-9]\d*) /.exec(rest.subarray(0, 8).toString('latin1'));
      if (!head) throw new Error(`no length: ${rest.toString()}`);
      const begin = (head[0] as string).length;
      const end = begin + Number(head[1]);
      if (rest.length < end) break;
      found.push(
        rest
          .subarray(begin, end)
          .toString()
          .replace(/^.*\] \ufeff?/, ''),
      );
      rest = rest.subarray(end);
    }
    return found;
  }
}

describe('syslog', () => {
  test('over UDP, one datagram each', async () => {
    const receiver = createSocket('udp4') as UdpSocket;
    closing.push(() => receiver.close());
    const got: string[] = [];
    receiver.on('message', (bytes) => got.push(bytes.toString()));
    await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
    const { send, syslog } = build([`udp://127.0.0.1:${receiver.address().port}`]);
    send('one');
    send('two €');
    await until('two messages', () => (got.length === 2 ? true : undefined));
    expect(got).toEqual([
      '<30>1 - clock timeball 1 log [timeball@32473] one',
      '<30>1 - clock timeball 1 log [timeball@32473] \ufefftwo €',
    ]);
    expect(syslog.view()).toMatchObject([{ state: 'open', sent: 2, queued: 0, dropped: 0 }]);
  });

  test('over TCP, each with its length in bytes', async () => {
    const port = await freePort();
    const receiver = await new TcpReceiver().listen(port);
    const { send } = build([`tcp://127.0.0.1:${port}`]);
    const texts = Array.from({ length: 300 }, (_, index) => `message ${index} ${'€'.repeat(index)}`);
    for (const text of texts) send(text);
    await until('all messages', () => (receiver.texts.length === texts.length ? true : undefined));
    expect(receiver.texts).toEqual(texts);
    expect(receiver.sockets).toHaveLength(1);
  });

  test('connects again after pauses that grow to a minute; nothing queued is lost', async () => {
    const port = await freePort();
    const server = `tcp://127.0.0.1:${port}`;
    const { send, timers, changes, syslog } = build([server]);
    send('early');
    await until('a failure', () => (changes.length > 0 ? true : undefined));
    expect(changes).toEqual([`${server} failed ECONNREFUSED: check the address and the network`]);
    await timers.advance(900);
    expect(syslog.view()).toMatchObject([{ state: 'failed', queued: 1, sent: 0 }]);
    const receiver = await new TcpReceiver().listen(port);
    await timers.advance(100);
    await until('the message', () => (receiver.texts.length === 1 ? true : undefined));
    await until('open', () => (changes.length === 2 ? true : undefined));
    // The server hangs up; what comes then is sent over a new connection.
    for (const socket of receiver.sockets) socket.destroy();
    await until('the next message', async () => {
      if (receiver.texts.includes('late')) return true;
      if (syslog.view()[0]?.queued === 0) send('late');
      await timers.advance(60_000);
      return undefined;
    });
    expect(receiver.sockets.length).toBe(2);
  });

  test('keeps the latest thousand for a server that is away', async () => {
    const port = await freePort();
    const { send, timers, syslog } = build([`tcp://127.0.0.1:${port}`]);
    for (let i = 0; i < 2500; i++) send(`message ${i}`);
    await until('a failure', () => (syslog.view()[0]?.state === 'failed' ? true : undefined));
    expect(syslog.view()).toMatchObject([{ queued: 1000, dropped: 1500 }]);
    const receiver = await new TcpReceiver().listen(port);
    await timers.advance(1000);
    await until('what was kept', () => (receiver.texts.length === 1000 ? true : undefined));
    expect(receiver.texts[0]).toBe('message 1500');
    expect(receiver.texts.at(-1)).toBe('message 2499');
  });

  test('takes over other servers and keeps those that stay', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const receiver = await new TcpReceiver().listen(two);
    const { send, syslog } = build([`tcp://127.0.0.1:${one}`]);
    send('for nobody');
    syslog.apply({ servers: [`tcp://127.0.0.1:${two}`, 'nonsense'], facility: 'local0' });
    send('moved');
    await until('the message', () => (receiver.bytes.includes('moved') ? true : undefined));
    expect(receiver.bytes).toContain('<134>1 ');
    expect(syslog.view().map(({ server }) => server)).toEqual([`tcp://127.0.0.1:${two}`]);
    syslog.close();
    send('too late');
    expect(syslog.view()).toEqual([]);
  });
});
