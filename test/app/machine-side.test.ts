/** The machine follows the configuration through a real helper behind its socket; the programs it runs are recorded. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { MachineSide } from '../../src/machine-side.ts';
import { serveHelper } from '../../src/system/helper-server.ts';
import { performer } from '../../src/system/perform.ts';
import { socketHelper } from '../../src/system/socket-helper.ts';
import { noHelper } from '../../src/system/system-helper.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let server: Server;
let machine: MachineSide;
let ran: string[];
let failing: RegExp;
let warned: string[];
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  scratch = new Scratch();
  ran = [];
  warned = [];
  mkdirSync(at('net/eth0'), { recursive: true });
  failing = /^never$/;
  await serve();
  machine = doubting();
  machine.begin(config(''));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  scratch.dispose();
});

async function serve(): Promise<void> {
  const run = async (program: string, args: readonly string[]) => {
    const command = [program, ...args].join(' ');
    if (failing.test(command)) throw new Error(`${program}: refused`);
    ran.push(command);
  };
  const files = {
    network: at('x.network'),
    interfaces: at('net'),
    config: at('timeball.yaml'),
    firewall: at('ports.nft'),
  };
  const perform = performer(run, files);
  server = await serveHelper({ path: at('helper.sock'), group: undefined, perform, log: () => {} });
}

/** What the machine has is not known to it. */
function doubting(): MachineSide {
  return new MachineSide(socketHelper(at('helper.sock')), (text) => warned.push(text));
}

/** The next turns; resolves when what they started is done. */
async function turns(now: Config, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    const tasks: Promise<void>[] = [];
    machine.turn(
      () => now,
      (task) => tasks.push(task()),
    );
    await Promise.all(tasks);
  }
}

/** As it is in the file. */
function config(yaml: string): Config {
  writeFileSync(at('timeball.yaml'), yaml);
  const loaded = parseConfig(yaml, 'timeball.yaml');
  if ('errors' in loaded) throw new Error('no configuration');
  return loaded.config;
}

test('only what has changed is asked for', async () => {
  await machine.apply(config('log: {level: debug}'));
  expect(ran).toEqual([]);
  await machine.apply(config('ntp: {listen: [eth0]}'));
  expect(ran).toEqual(['/usr/sbin/nft list table inet timeball', `/usr/sbin/nft -f ${at('ports.nft')}`]);
  expect(readFileSync(at('ports.nft'), 'utf8')).toContain('iifname "eth0" udp dport 123 accept');
  await machine.apply(config('ntp: {listen: [eth0]}\nlog: {level: debug}'));
  expect(ran).toHaveLength(2);
  await machine.apply(config('ntp: {listen: [eth0]}\nnetwork: {interface: eth0}'));
  expect(ran.slice(2)).toEqual(['networkctl reload', 'networkctl reconfigure eth0']);
});

test('what is refused can be asked for again, and what was before is no change', async () => {
  failing = /nft -f/;
  await expect(machine.apply(config('http: {listen: [eth0]}'))).rejects.toThrow(
    'the firewall could not be changed: firewall failed: /usr/sbin/nft: refused',
  );
  ran.length = 0;
  await machine.apply(config(''));
  expect(ran).toEqual([]);
  failing = /^never$/;
  await machine.apply(config('http: {listen: [eth0]}'));
  expect(ran).toHaveLength(2);
});

test('a machine without a helper is left as it is', async () => {
  const alone = new MachineSide(noHelper('there is none'), (text) => warned.push(text));
  alone.begin(config(''));
  await alone.apply(config('ntp: {listen: [eth0]}\nnetwork: {hostName: a1}'));
  alone.turn(
    () => config(''),
    () => expect.unreachable(),
  );
  expect([...ran, ...warned]).toEqual([]);
});

const WRONG = 'network: {interface: eth0, method: static, address: 198.51.100.7/24}';
const GONE = ['networkctl reload', 'networkctl reconfigure eth0'];
const NFT = ['/usr/sbin/nft list table inet timeball', expect.stringContaining('/usr/sbin/nft -f')];

test('a network that nobody confirmed leaves the machine', async () => {
  await machine.apply(config(WRONG));
  expect(readFileSync(at('x.network'), 'utf8')).toContain('198.51.100.7/24');
  ran.length = 0;
  await machine.apply(config(''), true);
  expect(existsSync(at('x.network'))).toBe(false);
  expect(ran).toEqual(GONE);
});

test('what was taken back at a start is taken back on the machine too, once', async () => {
  // As the start of the system has left it.
  await machine.apply(config(WRONG));
  ran.length = 0;
  machine = doubting();
  await turns(config(''), 30);
  expect(existsSync(at('x.network'))).toBe(false);
  expect(ran).toEqual([...GONE, ...NFT]);
  expect(warned).toEqual([]);
});

test('a helper that comes later than the service is waited for', async () => {
  await machine.apply(config(WRONG));
  await new Promise((resolve) => server.close(resolve));
  machine = doubting();
  await turns(config(''), 3);
  expect(existsSync(at('x.network'))).toBe(true);
  await serve();
  await turns(config(''));
  expect(existsSync(at('x.network'))).toBe(false);
});

test('going back is tried again until it is done, and said once', async () => {
  await machine.apply(config(WRONG));
  failing = /networkctl/;
  const back = config('');
  await expect(machine.apply(back, true)).rejects.toThrow('the network could not be changed');
  await turns(back, 100);
  expect(warned).toEqual([expect.stringMatching(/^the network could not .*; it is tried again$/)]);
  // Other settings can be changed meanwhile.
  await machine.apply(config('ntp: {listen: [eth0]}'));
  expect(ran.slice(-2)).toEqual(NFT);
  expect(existsSync(at('x.network'))).toBe(true);
  failing = /^never$/;
  await turns(back, 20);
  expect(existsSync(at('x.network'))).toBe(false);
});

test('a network whose interface is gone goes back to none', async () => {
  mkdirSync(at('net/eth1'));
  const old = config('network: {interface: eth1}');
  await machine.apply(old);
  await machine.apply(config(WRONG));
  rmSync(at('net/eth1'), { recursive: true });
  await expect(machine.apply(old, true)).rejects.toThrow('no interface eth1');
  await turns(old);
  expect(existsSync(at('x.network'))).toBe(false);
  mkdirSync(at('net/eth1'));
  await turns(old, 20);
  expect(readFileSync(at('x.network'), 'utf8')).toContain('Name=eth1');
});

test('a change that is refused is refused again, and is not tried again by itself', async () => {
  for (let i = 0; i < 2; i++) {
    await expect(machine.apply(config('network: {interface: eth7}'))).rejects.toThrow('no interface eth7');
    await machine.apply(config(''), true);
  }
  await turns(config(''), 30);
  expect([...ran, ...warned]).toEqual([]);
});
