/**
 * Load generator, a process of its own: keeps a number of requests under way to one server and counts the answers.
 * Arguments: port, requests under way, warm-up ms, measuring ms. Prints one JSON object.
 */
import { LinuxDatagramServer } from '../../hw/linux/datagram-server.ts';
import { socketCalls } from '../../hw/linux/socket-calls.ts';
import { openUdpSockets, sendDatagram, type UdpSocket } from '../../hw/linux/udp-socket.ts';

const CLIENT_REQUEST = 0x23; // version 4, mode 3
const [port = 0, underWay = 0, warmUpMs = 0, measureMs = 0] = process.argv.slice(2).map(Number);

const { calls, reason } = socketCalls();
if (!calls) throw new Error(reason);
const [socket] = openUdpSockets(calls, [{ host: '127.0.0.1', port: 0 }]) as [UdpSocket];
const client = new LinuxDatagramServer(calls, [socket]);

/** Fills the window anew: at the start, and after answers were lost. */
function refill(request: Uint8Array): void {
  if (!calls) return;
  for (let i = 0; i < underWay; i++) sendDatagram(calls, socket, request, { host: '127.0.0.1', port });
}

function exchange(request: Uint8Array): number {
  const count = client.receive(20);
  if (count === 0) refill(request);
  for (let slot = 0; slot < count; slot++) {
    client.data[slot * client.slotSize] = CLIENT_REQUEST;
    client.answerLength[slot] = 48;
  }
  client.send(count);
  return count;
}

function run(milliseconds: number): { answers: number; seconds: number } {
  const request = new Uint8Array(48);
  request[0] = CLIENT_REQUEST;
  const begin = performance.now();
  let answers = 0;
  while (performance.now() - begin < milliseconds) answers += exchange(request);
  return { answers, seconds: (performance.now() - begin) / 1000 };
}

run(warmUpMs);
process.stdout.write('measuring\n');
process.stdout.write(`${JSON.stringify(run(measureMs))}\n`);
