/** The ports that are open; where root and nftables are there, by the kernel's own word, in a network of the test's own. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { firewallText } from '../../src/system/firewall.ts';
import { Scratch } from '../support/scratch.ts';

function rules(yaml: string): string {
  const loaded = parseConfig(yaml, 'timeball.yaml');
  if ('errors' in loaded) throw new Error(loaded.errors.map(({ message }) => message).join());
  return firewallText(loaded.config);
}

/** Rules of a chain, a line each. */
function chain(text: string, name: string): string[] {
  const body = new RegExp(`\\tchain ${name} \\{\\n((?:\\t\\t.*\\n)*)\\t\\}`).exec(text)?.[1];
  if (body === undefined) throw new Error(`there is no chain ${name} in ${text}`);
  return body.split('\n').flatMap((line) => (line === '' ? [] : [line.trim()]));
}

describe('what is open', () => {
  test('everywhere where it is served everywhere', () => {
    const text = rules("ntp: {listen: ['0.0.0.0', '::']}\nhttp: {listen: ['[::]:8080']}");
    expect(chain(text, 'ntp-ports')).toEqual([
      'meta nfproto ipv4 udp dport 123 accept',
      'meta nfproto ipv6 udp dport 123 accept',
    ]);
    expect(chain(text, 'admin-ports')).toEqual(['tcp dport 8080 accept']);
    expect(chain(text, 'ntp-untracked-in')).toEqual(['udp dport 123 notrack']);
    expect(chain(text, 'ntp-untracked-out')).toEqual(['udp sport 123 notrack']);
  });

  test('on the interfaces and addresses that are named, and no more', () => {
    const text = rules(
      "ntp: {port: 1123, listen: [eth0, 'eth0.7:123', '192.0.2.7:122', '[2001:db8::7]:124', '127.0.0.1:99']}\n" +
        "http: {tls: true, listen: ['eth1:443', 'fe80::1%eth2', '192.0.2.7:80', 'localhost:81', '[::1]:82']}",
    );
    expect(chain(text, 'ntp-ports')).toEqual([
      'iifname "eth0" udp dport 1123 accept',
      'iifname "eth0.7" udp dport 123 accept',
      'ip daddr 192.0.2.7 udp dport 122 accept',
      'ip6 daddr 2001:db8::7 udp dport 124 accept',
    ]);
    expect(chain(text, 'ntp-untracked-in')).toEqual([
      'udp dport 1123 notrack',
      'udp dport 123 notrack',
      'udp dport 122 notrack',
      'udp dport 124 notrack',
    ]);
    expect(chain(text, 'admin-ports')).toEqual([
      'iifname "eth1" tcp dport 443 accept',
      'iifname "eth2" ip6 daddr fe80::1 tcp dport 8080 accept',
      'ip daddr 192.0.2.7 tcp dport 80 accept',
    ]);
  });

  test('nothing where all is of the board itself', () => {
    const text = rules("ntp: {listen: ['127.0.0.1']}\nhttp: {listen: ['127.0.0.1:8080', '[::1]:8080']}");
    for (const name of ['ntp-ports', 'admin-ports', 'ntp-untracked-in', 'ntp-untracked-out'])
      expect(chain(text, name)).toEqual([]);
  });

  test('never by what a name has in it', () => {
    const text = firewallText({
      ntp: { listen: ['eth0"; accept #', 'x\n', 'eth*'], port: 123 },
      http: { listen: ['fe80::1%a"b', 'fe80::1%e*', '$x'] },
    } as unknown as Parameters<typeof firewallText>[0]);
    expect(text).not.toMatch(/["#*$]/);
  });
});

const inNetwork = (script: string) =>
  spawnSync('unshare', ['-n', 'sh', '-ec', script], { encoding: 'utf8', timeout: 20_000 });
const possible = process.getuid?.() === 0 && inNetwork('nft list ruleset').status === 0;

describe.skipIf(!possible)('in the kernel (needs root and nft)', () => {
  const BASE = 'image/overlay/etc/nftables.conf';

  test('the image’s rules load, the ports replace those of a new board, and a bad file changes nothing', () => {
    const scratch = new Scratch();
    const [first, second, bad] = ['a.nft', 'b.nft', 'bad.nft'].map((name) => join(scratch.path, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(first, rules("ntp: {listen: ['eth0:1123']}\nhttp: {listen: ['192.0.2.7:443']}"));
    writeFileSync(
      second,
      rules("ntp: {listen: ['0.0.0.0', '::', '[fe80::1%eth2]:124']}\nhttp: {listen: ['[::]:8443']}"),
    );
    writeFileSync(bad, `${rules('')}add rule inet timeball none accept\n`);
    const list = 'nft list chain inet timeball ntp-ports; nft list chain inet timeball admin-ports';
    const loaded = inNetwork(
      `nft -f ${BASE}; ${list}; nft -f ${first}; ${list}; ! nft -f ${bad} 2>/dev/null; ${list}; nft -f ${second}; ${list}; nft list chain inet timeball input`,
    );
    scratch.dispose();
    expect(loaded.stderr).toBe('');
    const accepted = loaded.stdout
      .split('\n')
      .filter((line) => /dport/.test(line))
      .map((line) => line.trim());
    const one = ['iifname "eth0" udp dport 1123 accept', 'ip daddr 192.0.2.7 tcp dport 443 accept'];
    expect(accepted.slice(0, 10)).toEqual([
      'udp dport 123 accept',
      'tcp dport 8080 accept',
      ...one,
      ...one,
      'meta nfproto ipv4 udp dport 123 accept',
      'meta nfproto ipv6 udp dport 123 accept',
      'iifname "eth2" ip6 daddr fe80::1 udp dport 124 accept',
      'tcp dport 8443 accept',
    ]);
    expect(loaded.stdout).toContain('policy drop');
  });

  test('a stranger reaches what is open, and nothing else', () => {
    const scratch = new Scratch();
    const file = join(scratch.path, 'ports.nft');
    writeFileSync(file, rules("ntp: {listen: ['v0:1123']}\nhttp: {listen: ['192.0.2.1:443']}"));
    const probe = `
      const { createServer, connect } = require('node:net');
      const dgram = require('node:dgram');
      const role = process.argv[2];
      if (role === 'serve') {
        let left = 4;
        const up = () => --left === 0 && process.stdout.write('up\\\\n');
        for (const port of [443, 8080]) createServer((s) => s.end('x')).listen(port, '192.0.2.1', up);
        for (const port of [123, 1123]) { const s = dgram.createSocket('udp4'); s.on('message', (m, r) => s.send('x', r.port, r.address)); s.bind(port, '192.0.2.1', up); }
      } else {
        const seen = [];
        const tries = [443, 8080].map((port) => new Promise((done) => { const s = connect(port, '192.0.2.1', () => { seen.push('tcp' + port); s.destroy(); done(); }); s.on('error', done); setTimeout(done, 600); }))
          .concat([123, 1123].map((port) => new Promise((done) => { const s = dgram.createSocket('udp4'); s.on('message', () => { seen.push('udp' + port); done(); }); s.send('q', port, '192.0.2.1'); setTimeout(done, 600); })));
        Promise.all(tries).then(() => { console.log(seen.sort().join()); process.exit(0); });
      }`;
    writeFileSync(join(scratch.path, 'probe.cjs'), probe);
    const node = `${process.execPath} ${join(scratch.path, 'probe.cjs')}`;
    const result = inNetwork(`
      ip link set lo up
      unshare -n sleep 15 & peer=$!
      until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
      ip link add v0 type veth peer name v1 netns $peer
      ip addr add 192.0.2.1/24 dev v0; ip link set v0 up
      nsenter -t $peer -n sh -c 'ip addr add 192.0.2.2/24 dev v1; ip link set v1 up'
      nft -f ${BASE}; nft -f ${file}
      ${node} serve > ${scratch.path}/up & server=$!
      until grep -q up ${scratch.path}/up; do :; done
      nsenter -t $peer -n ${node} ask
      kill $server $peer`);
    scratch.dispose();
    expect(result.stdout.trim(), result.stderr).toBe('tcp443,udp1123');
  });
});
