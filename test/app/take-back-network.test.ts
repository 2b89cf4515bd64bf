/** The admin side, a real helper behind its socket, and a network that nobody confirms: file and machine go back together. */
import { mkdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AdminSide } from '../../src/admin-side.ts';
import { LogRing } from '../../src/events/log-ring.ts';
import { ConfigApi } from '../../src/settings/config-api.ts';
import { serveHelper } from '../../src/system/helper-server.ts';
import { performer } from '../../src/system/perform.ts';
import { socketHelper } from '../../src/system/socket-helper.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { ANNA, made, until } from '../settings/fixture.ts';
import { aStatus } from '../support/a-status.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let server: Server;
let side: AdminSide;
let timers: VirtualTimers;
let broken: boolean;
/** Addresses that the page was given to listen on. */
let listened: string[];
const at = (name: string) => join(scratch.path, name);
/** It may go at any moment. */
function network(): string | undefined {
  try {
    return readFileSync(at('x.network'), 'utf8');
  } catch {
    return undefined;
  }
}

beforeEach(async () => {
  scratch = new Scratch();
  broken = false;
  listened = [];
  mkdirSync(at('net/eth0'), { recursive: true });
  mkdirSync(at('state'));
  const files = {
    network: at('x.network'),
    interfaces: at('net'),
    config: at('state/timeball.yaml'),
    firewall: at('nft'),
  };
  const run = async () => {
    if (broken) throw new Error('it is broken');
  };
  const perform = performer(run, files);
  server = await serveHelper({ path: at('helper.sock'), group: undefined, perform, log: () => {} });
  side = await start();
});
afterEach(async () => {
  await side.stop();
  await new Promise((resolve) => server.close(resolve));
  scratch.dispose();
});

/** As the service does at its start. */
async function start(): Promise<AdminSide> {
  timers = new VirtualTimers();
  const ring = new LogRing();
  const opened = await AdminSide.open({
    mode: 'hardware',
    demo: false,
    configFile: undefined,
    stateDirectory: at('state'),
    http: () => [],
    sockets: { take: () => ({ error: 'none here' }) } as never,
    socket: undefined,
    hostName: () => 'clock',
    helper: socketHelper(at('helper.sock')),
    update: { keys: undefined, record: at('record.json') },
    timers,
    log: pino({ base: null }, ring),
    ring,
  });
  if ('errors' in opened) throw new Error(JSON.stringify(opened.errors));
  opened.attach({
    status: () => aStatus(),
    utc: () => ({ millis: Date.UTC(2026, 5, 1) + timers.now, trusted: true }),
    serving: {} as never,
    faults: undefined,
    reload: async (config) => {
      listened.push(config.http.listen.join());
      return [];
    },
  });
  return opened;
}

/** Nobody will reach it there. */
async function mistake(): Promise<void> {
  const patch = {
    network: { interface: 'eth0', method: 'static', address: '198.51.100.7/24' },
    http: { listen: ['198.51.100.7:8080'] },
  };
  const committed = made(await new ConfigApi(side.settings).patch(ANNA, patch, undefined));
  expect(committed.pending).not.toBeNull();
  expect(network()).toContain('Address=198.51.100.7/24');
}

test('in time', async () => {
  await mistake();
  await timers.advance(60_000);
  await until(() => network() === undefined);
  expect(side.settings.config.network.interface).toBe('');
});

test('after a restart in the meantime, by which the machine has it all the same', async () => {
  await mistake();
  await side.stop();
  side = await start();
  expect(side.settings.config.network.interface).toBe('');
  expect(network()).toContain('198.51.100.7');
  side.turn(aStatus());
  await until(() => network() === undefined);
});

test('a machine that can not go back at once does later, and the page does not wait for it', async () => {
  await mistake();
  broken = true;
  await timers.advance(60_000);
  await until(() => side.settings.pending === null && listened.at(-1) === '127.0.0.1:8080');
  expect(network()).toContain('198.51.100.7');
  broken = false;
  side.turn(aStatus());
  await until(() => network() === undefined);
});
