/**
 * Load generator for where there is no C compiler, a process of its own: keeps a number of requests under way to one
 * server, from one address, and counts the answers. Arguments: port, the server's process, requests under way,
 * warm-up ms, measuring ms, request in hex (empty: a plain one). Prints the same JSON object as `native/load.c`.
 */
import { readFileSync } from 'node:fs';
import { LinuxDatagramServer } from '../../hw/linux/datagram-server.ts';
import { socketCalls } from '../../hw/linux/socket-calls.ts';
import { openUdpSockets, sendDatagram, type UdpSocket } from '../../hw/linux/udp-socket.ts';

const [port = 0, pid = 0, underWay = 0, warmUpMs = 0, measureMs = 0] = process.argv.slice(2, 7).map(Number);
const request = Uint8Array.from(Buffer.from(process.argv[7] || `23${'00'.repeat(47)}`, 'hex'));
/** Of the fields in /proc/PID/stat; the kernel counts in hundredths. */
const TICKS_PER_SECOND = 100;

const { calls, reason } = socketCalls();
if (!calls) throw new Error(reason);
const [socket] = openUdpSockets(calls, [{ host: '127.0.0.1', port: 0 }]) as [UdpSocket];
const client = new LinuxDatagramServer(calls, [socket]);

/** Fills the window anew: at the start, and after answers were lost. */
function refill(): void {
  if (!calls) return;
  for (let i = 0; i < underWay; i++) sendDatagram(calls, socket, request, { host: '127.0.0.1', port });
}

function exchange(): number {
  const count = client.receive(20);
  if (count === 0) refill();
  for (let slot = 0; slot < count; slot++) {
    client.data.set(request, slot * client.slotSize);
    client.answerLength[slot] = request.length;
  }
  client.send(count);
  return count;
}

function run(milliseconds: number): { answers: number; silences: number; seconds: number } {
  const begin = performance.now();
  let answers = 0;
  let silences = 0;
  while (performance.now() - begin < milliseconds) {
    const count = exchange();
    answers += count;
    if (count === 0) silences++;
  }
  return { answers, silences, seconds: (performance.now() - begin) / 1000 };
}

/** Seconds that the server's threads have run, user and system: proc(5). */
function serverCpu(): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

run(warmUpMs);
const before = serverCpu();
const own = process.cpuUsage();
const result = run(measureMs);
const { user, system } = process.cpuUsage(own);
const cpu = { serverCpu: serverCpu() - before, loadCpu: (user + system) / 1e6 };
process.stdout.write(`${JSON.stringify({ ...result, wrong: 0, ...cpu })}\n`);
