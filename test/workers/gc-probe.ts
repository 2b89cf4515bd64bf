/**
 * Serves plain requests over loopback, both ends in one thread, in rounds, and prints `begin` and `end` around each: run
 * with --trace-gc --expose-gc, so that the lines between tell what was collected meanwhile; `end` tells how many were
 * served and by how many bytes the heap has grown. Arguments: how many a round; `echo` for the sockets alone, without
 * the responder; how many rounds.
 */
import { writeSync } from 'node:fs';
import { LinuxDatagramServer } from '../../hw/linux/datagram-server.ts';
import { type SocketCalls, socketCalls } from '../../hw/linux/socket-calls.ts';
import { openUdpSockets, sendDatagram, type UdpSocket } from '../../hw/linux/udp-socket.ts';
import { practiceResponder } from '../../src/ntp/practice.ts';
import { ACCESS_PREFIXES } from '../bench/access-prefixes.ts';

const REQUEST = 0x23; // version 4, mode 3
const UNDER_WAY = 32;
const calls = socketCalls().calls as SocketCalls;
const listen = { host: '127.0.0.1', port: 0 };
const [serverEnd, clientEnd] = openUdpSockets(calls, [listen, listen]) as [UdpSocket, UdpSocket];
const server = new LinuxDatagramServer(calls, [serverEnd]);
const client = new LinuxDatagramServer(calls, [clientEnd]);

/** 10,000 rules, full-size tables. */
const EVERYTHING_ON = { prefixes: [...ACCESS_PREFIXES, '127.0.0.0/8'], entries: 100_000 };

function echo(from: LinuxDatagramServer): number {
  const count = from.receive(1_000);
  for (let slot = 0; slot < count; slot++) from.answerLength[slot] = 48;
  from.send(count);
  return count;
}

/** Turns answers into plain requests: without origin and receive stamps. */
function askAgain(): void {
  const count = client.receive(1_000);
  for (let slot = 0; slot < count; slot++) {
    const start = slot * client.slotSize;
    client.data[start] = REQUEST;
    for (let at = start + 24; at < start + 40; at++) client.data[at] = 0;
    client.answerLength[slot] = 48;
  }
  client.send(count);
}

const responder = process.argv[3] === 'echo' ? undefined : practiceResponder(server, EVERYTHING_ON);
const serveBatch = responder ? () => responder.serveBatch(1_000) : () => echo(server);

function serve(requests: number): number {
  let done = 0;
  while (done < requests) {
    const count = serveBatch();
    if (count === 0) return done; // lost: nothing more will come
    done += count;
    askAgain();
  }
  return done;
}

const request = new Uint8Array(48);
request[0] = REQUEST;
const to = { host: serverEnd.address, port: serverEnd.port };
for (let i = 0; i < UNDER_WAY; i++) sendDatagram(calls, clientEnd, request, to);
serve(100_000);
for (let round = 0; round < Number(process.argv[4]); round++) {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  writeSync(1, 'begin\n');
  const done = serve(Number(process.argv[2]));
  writeSync(1, `end ${done} ${process.memoryUsage().heapUsed - before}\n`);
}
