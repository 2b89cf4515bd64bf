/** The machine follows the configuration through a real helper behind its socket; the programs it runs are recorded. */
import { readFileSync, writeFileSync } from 'node:fs';
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
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  scratch = new Scratch();
  ran = [];
  failing = /^never$/;
  const run = async (program: string, args: readonly string[]) => {
    const command = [program, ...args].join(' ');
    if (failing.test(command)) throw new Error(`${program}: refused`);
    ran.push(command);
  };
  const files = { network: at('x.network'), config: at('timeball.yaml'), firewall: at('ports.nft') };
  const perform = performer(run, files);
  server = await serveHelper({ path: at('helper.sock'), group: undefined, perform, log: () => {} });
  machine = new MachineSide(socketHelper(at('helper.sock')));
  machine.begin(config(''));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  scratch.dispose();
});

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
  const alone = new MachineSide(noHelper('there is none'));
  alone.begin(config(''));
  await alone.apply(config('ntp: {listen: [eth0]}\nnetwork: {hostName: a1}'));
  expect(ran).toEqual([]);
});
