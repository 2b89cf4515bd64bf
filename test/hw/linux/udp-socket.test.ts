import { expect, test } from 'vitest';
import { LinuxDatagramServer } from '../../../hw/linux/datagram-server.ts';
import {
  allowOverlap,
  droppedAt,
  sendDatagram,
  sharePort,
  stopReceiving,
  type UdpSocket,
} from '../../../hw/linux/udp-socket.ts';
import { calls, open } from './open-sockets.ts';

const ANY = { host: '127.0.0.1', port: 0 };
const at = ({ port }: UdpSocket) => ({ host: '127.0.0.1', port });
const waiting = (socket: UdpSocket) => new LinuxDatagramServer(calls, [socket]).receive(0);

test('bound to an interface: takes what comes in there', () => {
  const client = open(ANY);
  const here = open({ host: '0.0.0.0', port: 0 }, { device: 'lo' });
  sendDatagram(calls, client, Buffer.from('hello'), at(here));
  expect(waiting(here)).toBe(1);
});

test('an interface that is not there is named', () => {
  expect(() => open({ host: '0.0.0.0', port: 123 }, { device: 'nosuch0' })).toThrow(
    "can't serve NTP on 0.0.0.0:123 of interface nosuch0: no such interface on this machine now",
  );
});

test('with freeBind, an address may come later', () => {
  for (const host of ['203.0.113.77', '2001:db8::77']) {
    expect(() => open({ host, port: 0 })).toThrow('this host has no such address');
    expect(open({ host, port: 0 }, { freeBind: true }).port).toBeGreaterThan(0);
  }
});

test('a port that is shared among our sockets is still refused to a second server', () => {
  const first = open(ANY);
  sharePort(calls, first);
  const second = open(at(first), { join: true });
  expect(second.port).toBe(first.port);
  expect(() => open(at(first))).toThrow(`another program serves NTP on 127.0.0.1:${first.port}`);
});

test('a socket can be opened beside one that it replaces, and only then', () => {
  const old = open(ANY);
  const wide = { host: '0.0.0.0', port: old.port };
  expect(() => open(wide, { overlap: true })).toThrow('another program');
  allowOverlap(calls, old, true);
  const next = open(wide, { overlap: true });
  allowOverlap(calls, old, false);
  allowOverlap(calls, next, false);
  expect(() => open(wide, { overlap: true })).toThrow('another program');
});

test('one that stops receiving keeps what waits, can answer, and leaves what comes to others', () => {
  const client = open(ANY);
  const old = open(ANY);
  sharePort(calls, old);
  sendDatagram(calls, client, Buffer.from('before'), at(old));
  const next = open(at(old), { join: true });
  stopReceiving(calls, old);
  for (let i = 0; i < 20; i++) sendDatagram(calls, client, Buffer.from('after'), at(old));
  expect(waiting(next)).toBe(20);
  const server = new LinuxDatagramServer(calls, [old]);
  expect(server.receive(1_000)).toBe(1);
  expect(server.length[0]).toBe(6);
  server.answerLength[0] = 6;
  expect(server.send(1)).toBe(1);
  expect(waiting(client)).toBe(1);
});

test('what the kernel drops for want of room is counted; the room is for thousands of requests', () => {
  const [client, server] = [open(ANY), open(ANY)];
  const request = new Uint8Array(48);
  let sent = 0;
  while (sent < 50_000 && droppedAt(calls, server) < 10)
    if (sendDatagram(calls, client, request, at(server))) sent++;
  const drops = droppedAt(calls, server);
  expect(drops).toBe(10);
  const reader = new LinuxDatagramServer(calls, [server]);
  let taken = 0;
  for (let count = reader.receive(0); count > 0; count = reader.receive(0)) taken += count;
  expect(taken + drops).toBe(sent);
  expect(taken).toBeGreaterThan(200);
});
