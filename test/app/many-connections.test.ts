/** Whoever opens connections to the page without end takes neither the page nor the time from anybody else. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { CONNECTION_LIMITS } from '../../src/api/connection-limit.ts';
import { ANYWHERE, ApplianceProcess, timeball } from '../support/appliance.ts';
import { NtpQuery } from '../support/ntp-query.ts';
import { until } from '../support/until.ts';

/** More than the appliance may have, and more than the limits of the page let in. */
const MANY = 1_500;
const DESCRIPTORS = 800;
/** Of the many that loopback has. */
const FLOODERS = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];

test('1,500 connections, where 800 descriptors are all there is', async ({ onTestFinished }) => {
  const command = timeball('simulate', '--headless', ...ANYWHERE);
  const appliance = await ApplianceProcess.start([
    'sh',
    '-c',
    `ulimit -n ${DESCRIPTORS}; exec "$@"`,
    'sh',
    ...command,
  ]);
  onTestFinished(() => appliance.dispose());
  await appliance.serving();
  const port = Number(new URL(appliance.url).port);
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  let closed = 0;
  for (let i = 0; i < MANY; i++) {
    const localAddress = FLOODERS[i % FLOODERS.length] as string;
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.on('close', () => closed++);
    socket.on('error', () => {}); // it is refused
    sockets.push(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
  const { perClient, perSecond, total } = CONNECTION_LIMITS;
  const refusal = await appliance.logged(
    `HTTP connections refused: a client may have ${perClient} and open ${perSecond} a second, and all may have ${total}`,
  );
  expect(refusal['client']).toMatch(/^127\.0\.0\.\d$/);

  // Its own machine asks from an address that none of them has.
  const statusCode = await getFrom('127.0.0.9', port);
  expect(statusCode).toBe(200);
  const client = await NtpQuery.connect(appliance.port);
  onTestFinished(() => client.close());
  expect(await client.ask()).toMatchObject({ stratum: 1 });
  await until('end of all that is beyond the limits', () => closed >= MANY - total || undefined);
});

/** Status of an answer to `GET /api/v1/status` for a client with this address. */
async function getFrom(localAddress: string, port: number): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  socket.setEncoding('latin1');
  socket.write('GET /api/v1/status HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
  let text = '';
  for await (const part of socket) text += part as string;
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}
