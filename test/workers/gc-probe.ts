/**
 * Serves plain requests over loopback, both ends in one thread, and prints `begin` and `end` around those that count: run
 * with --trace-gc, so that the lines between tell what was collected meanwhile. Argument: how many.
 */
import { writeSync } from 'node:fs';
import { LinuxDatagramServer } from '../../hw/linux/datagram-server.ts';
import { type SocketCalls, socketCalls } from '../../hw/linux/socket-calls.ts';
import { openUdpSockets, sendDatagram, type UdpSocket } from '../../hw/linux/udp-socket.ts';
import { practiceResponder } from '../../src/ntp/practice.ts';

const REQUEST = 0x23; // version 4, mode 3
const calls = socketCalls().calls as SocketCalls;
const listen = { host: '127.0.0.1', port: 0 };
const [serverEnd, clientEnd] = openUdpSockets(calls, [listen, listen]) as [UdpSocket, UdpSocket];
const responder = practiceResponder(new LinuxDatagramServer(calls, [serverEnd]));
const client = new LinuxDatagramServer(calls, [clientEnd]);

function serve(requests: number): number {
  let done = 0;
  while (done < requests) {
    const count = responder.serveBatch(1_000);
    if (count === 0) return done; // lost: nothing more will come
    done += count;
    const answers = client.receive(1_000);
    for (let slot = 0; slot < answers; slot++) {
      client.data[slot * client.slotSize] = REQUEST;
      client.answerLength[slot] = 48;
    }
    client.send(answers);
  }
  return done;
}

const request = new Uint8Array(48);
request[0] = REQUEST;
for (let i = 0; i < 32; i++) sendDatagram(calls, clientEnd, request, serverEnd2());
serve(20_000);
writeSync(1, 'begin\n');
const done = serve(Number(process.argv[2]));
writeSync(1, `end ${done}\n`);

function serverEnd2(): { host: string; port: number } {
  return { host: serverEnd.address, port: serverEnd.port };
}
