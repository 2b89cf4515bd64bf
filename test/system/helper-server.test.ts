/** The helper's own end, asked by the service's end over a real socket; the programs it runs are recorded only. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveHelper } from '../../src/system/helper-server.ts';
import { performer } from '../../src/system/perform.ts';
import { HELPER_SOCKET, socketHelper } from '../../src/system/socket-helper.ts';
import type { NetworkRequest } from '../../src/system/system-helper.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let server: Server;
let ran: string[];
let logged: string[];
let failing: string;
/** The first task that is run waits for it. */
let hold: Promise<void> | undefined;
const at = (name: string) => join(scratch.path, name);

beforeEach(async () => {
  scratch = new Scratch();
  ran = [];
  logged = [];
  failing = '';
  hold = undefined;
  mkdirSync(at('net/eth0'), { recursive: true });
  mkdirSync(at('net/eth1'));
  const run = async (program: string, args: readonly string[]) => {
    if (program === failing || [program, ...args].join(' ') === failing)
      throw new Error(`${program}: no such program\nmore`);
    await hold;
    ran.push([program, ...args].join(' '));
  };
  server = await serveHelper({
    path: at('helper.sock'),
    group: undefined,
    perform: performer(run, {
      network: at('x.network'),
      interfaces: at('net'),
      config: at('timeball.yaml'),
      firewall: at('rules/ports.nft'),
    }),
    log: (text) => logged.push(text),
  });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  scratch.dispose();
});

const helper = () => socketHelper(at('helper.sock'));
const dhcp = { hostName: '', interface: 'eth0', method: 'dhcp', address: '', gateway: '' } as const;

test('a restart', async () => {
  expect(helper().can('reboot')).toBe(true);
  expect(await helper().perform({ verb: 'reboot' })).toEqual({ done: true, text: 'the machine restarts' });
  expect(ran).toEqual(['systemctl reboot']);
  expect(logged).toEqual(['reboot: done']);
});

test.each([
  [dhcp, '[Match]\nName=eth0\n\n[Network]\nDHCP=yes\nIPv6AcceptRA=yes\nMulticastDNS=yes\n'],
  [
    { ...dhcp, method: 'static', address: '192.0.2.7/24', gateway: '192.0.2.1' } as const,
    '[Match]\nName=eth0\n\n[Network]\nAddress=192.0.2.7/24\nGateway=192.0.2.1\nMulticastDNS=yes\n',
  ],
])('the network: %j', async (network, text) => {
  expect((await helper().perform({ verb: 'set-network', network })).done).toBe(true);
  expect(readFileSync(at('x.network'), 'utf8')).toBe(text);
  expect(ran).toEqual(['networkctl reload', 'networkctl reconfigure eth0']);
});

test('the name alone leaves the network as it is', async () => {
  const network = { ...dhcp, hostName: 'clock', interface: '' };
  expect((await helper().perform({ verb: 'set-network', network })).done).toBe(true);
  expect(ran).toEqual(['hostnamectl set-hostname clock']);
});

const set = async (network: Partial<NetworkRequest>) => {
  ran.length = 0;
  return helper().perform({ verb: 'set-network', network: { ...dhcp, ...network } });
};
const wrong = { method: 'static', address: '198.51.100.7/24' } as const;

test('a network that is no longer set is gone, and its interface forgets it', async () => {
  await set(wrong);
  expect(await set({ interface: '' })).toMatchObject({ done: true });
  expect(existsSync(at('x.network'))).toBe(false);
  expect(ran).toEqual(['networkctl reload', 'networkctl reconfigure eth0']);
  expect(await set({ interface: '' })).toMatchObject({ done: true });
  expect(ran).toEqual([]);
});

test('an interface that another one takes the place of forgets its settings', async () => {
  await set(wrong);
  await set({ interface: 'eth1' });
  expect(readFileSync(at('x.network'), 'utf8')).toContain('Name=eth1\n');
  expect(ran).toEqual(['networkctl reload', 'networkctl reconfigure eth0', 'networkctl reconfigure eth1']);
});

test('an interface that is not there is refused, and nothing is done', async () => {
  await set(dhcp);
  const before = readFileSync(at('x.network'), 'utf8');
  expect(await set({ hostName: 'clock', interface: 'eth9' })).toEqual({
    done: false,
    reason: 'set-network failed: this machine has no interface eth9: connect it, or name another one',
  });
  expect(ran).toEqual([]);
  expect(readFileSync(at('x.network'), 'utf8')).toBe(before);
});

test('a network that fails is as before', async () => {
  failing = 'networkctl reconfigure eth1';
  expect(await set({ interface: 'eth1' })).toMatchObject({ done: false, unsettled: true });
  expect(existsSync(at('x.network'))).toBe(false);
  await set(dhcp);
  const before = readFileSync(at('x.network'), 'utf8');
  failing = 'hostnamectl set-hostname clock';
  expect(await set({ ...wrong, hostName: 'clock' })).toEqual({
    done: false,
    reason: 'set-network failed: hostnamectl: no such program',
  });
  expect(readFileSync(at('x.network'), 'utf8')).toBe(before);
  expect(ran.slice(2)).toEqual(['networkctl reload', 'networkctl reconfigure eth0']);
});

test('a network that can be neither changed nor put back is said to be unsettled', async () => {
  await set(dhcp);
  failing = 'networkctl';
  const result = await set(wrong);
  expect(result).toMatchObject({ done: false, unsettled: true });
  expect(result).toHaveProperty('reason', expect.stringContaining('could not be put back'));
  expect(readFileSync(at('x.network'), 'utf8')).toContain('DHCP=yes');
});

test('what nobody waits for any more is not done', async () => {
  let release = () => {};
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const gone = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)));
  const first = helper().perform({ verb: 'reboot' });
  const socket = connect(at('helper.sock'), () => {
    socket.write('{"verb":"factory-reset"}\n', () => socket.destroy());
  });
  // The first is still served.
  await gone;
  expect(ran).toEqual([]);
  release();
  await first;
  expect(ran).toEqual(['systemctl reboot']);
  expect(logged).toEqual(['reboot: done', 'factory-reset: not done: who asked has gone']);
});

const NFT = '/usr/sbin/nft';

test('the firewall follows the configuration file', async () => {
  writeFileSync(at('timeball.yaml'), "ntp: {listen: ['eth0:1123']}\n");
  expect(await helper().perform({ verb: 'firewall' })).toEqual({
    done: true,
    text: 'the ports that are served on are open',
  });
  expect(readFileSync(at('rules/ports.nft'), 'utf8')).toContain('iifname "eth0" udp dport 1123 accept');
  expect(ran).toEqual([`${NFT} list table inet timeball`, `${NFT} -f ${at('rules/ports.nft')}`]);
});

test('a firewall that refuses the rules keeps the old ones, in the file too', async () => {
  writeFileSync(at('timeball.yaml'), 'ntp: {port: 1123}\n');
  await helper().perform({ verb: 'firewall' });
  const before = readFileSync(at('rules/ports.nft'), 'utf8');
  writeFileSync(at('timeball.yaml'), 'ntp: {port: 1124}\n');
  failing = `${NFT} -f ${at('rules/ports.nft')}`;
  expect(await helper().perform({ verb: 'firewall' })).toMatchObject({ done: false });
  expect(readFileSync(at('rules/ports.nft'), 'utf8')).toBe(before);
});

test('a damaged configuration changes no rule', async () => {
  writeFileSync(at('timeball.yaml'), 'ntp: {port: x}\n');
  const reason = expect.stringMatching(/^firewall failed: .*timeball.yaml:1:13: ntp.port: /);
  expect(await helper().perform({ verb: 'firewall' })).toEqual({ done: false, reason });
  expect(existsSync(at('rules/ports.nft'))).toBe(false);
});

test('a machine with rules of its own keeps them', async () => {
  failing = NFT;
  expect(await helper().perform({ verb: 'firewall' })).toMatchObject({
    done: true,
    text: expect.stringContaining('left as it is'),
  });
  expect(ran).toEqual([]);
});

test('what fails is told in a line', async () => {
  failing = '/usr/lib/timeball/update';
  const reason = 'update failed: /usr/lib/timeball/update: no such program';
  expect(await helper().perform({ verb: 'update', downgrade: false })).toEqual({ done: false, reason });
});

test("a program's last words are the reason", async () => {
  const said = { stderr: 'first\nthe bundle is cut short\n' };
  const perform = performer(() => Promise.reject(Object.assign(new Error('Command failed: x'), said)));
  const reason = 'update failed: the bundle is cut short';
  expect(await perform({ verb: 'update', downgrade: false })).toEqual({ done: false, reason });
});

test.each([
  [false, '/usr/lib/timeball/update'],
  [true, '/usr/lib/timeball/update --downgrade'],
])('an update, to an older version: %s', async (downgrade, command) => {
  expect(await helper().perform({ verb: 'update', downgrade })).toMatchObject({ done: true });
  expect(ran).toEqual([command]);
});

test.each(['{"verb":"rm"}\n', 'x\n', 'x'.repeat(5000)])('refuses what is no request: %#', async (line) => {
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(at('helper.sock'), () => socket.write(line));
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('close', () => resolve(text));
  });
  expect(JSON.parse(answer)).toMatchObject({ done: false });
  expect(ran).toEqual([]);
});

test('only root and the group may ask', async () => {
  expect(statSync(at('helper.sock')).mode & 0o777).toBe(0o660);
  expect(process.umask()).not.toBe(0o117);
  // A group of this user's; to root, any.
  const group = process.getgid?.() as number;
  const options = { group, perform: performer(async () => {}), log: () => {} };
  const opened = await serveHelper({ ...options, path: at('other.sock') }).catch((error: Error) => error);
  if (process.getuid?.() === 0) expect(statSync(at('other.sock'))).toMatchObject({ uid: 0, gid: group });
  else expect(opened).toHaveProperty('message', expect.stringContaining("can't be given to the group"));
  if (!(opened instanceof Error)) await new Promise((resolve) => opened.close(resolve));
});

test('the service reaches the socket, but does not own its folder', () => {
  const overlay = new URL('../../image/overlay/usr/lib/', import.meta.url);
  const folder = dirname(HELPER_SOCKET);
  const tmpfiles = readFileSync(new URL('tmpfiles.d/timeball.conf', overlay), 'utf8').split('\n');
  expect(tmpfiles).toContain(`d ${folder} 0750 root timeball`);
  const unit = readFileSync(new URL('systemd/system/timeball.service', overlay), 'utf8');
  expect(unit).toMatch(new RegExp(`^ReadWritePaths=.* -${folder}$`, 'm'));
});
