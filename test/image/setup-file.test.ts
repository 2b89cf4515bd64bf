import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSetup, type Setup, withoutSecrets } from '../../image/guest/setup-file.ts';
import { PasswordHasher } from '../../src/auth/password.ts';
import { parseConfig } from '../../src/config/load.ts';
import { editConfig } from '../../src/config/store.ts';

const DEFAULTS = 'image/overlay/usr/lib/timeball/timeball.default.yaml';

function setup(text: string): Setup {
  const read = readSetup(text);
  if ('error' in read) throw new Error(read.error);
  return read;
}

function applied(text: string) {
  const loaded = parseConfig(readFileSync(DEFAULTS, 'utf8'), 'timeball.yaml');
  if ('errors' in loaded) throw new Error('the defaults are not sound');
  return editConfig(loaded, setup(text).changes, 'timeball.yaml');
}

describe('the setup file of the FAT partition', () => {
  test('the example that ships is sound, also with the line ends of Windows', () => {
    const text = readFileSync('image/boot/timeball-setup.example.yaml', 'utf8').replaceAll('\n', '\r\n');
    expect('config' in applied(text)).toBe(true);
    // So does what is in it as an example.
    const result = applied(text.replaceAll(/^#(?=hostName|profile|network)/gm, ''));
    expect('config' in result && result.config.network.hostName).toBe('timeball');
  });

  test('gives name, network, receiver and anything of the configuration, and leaves the rest', () => {
    const result = applied(
      [
        '\uFEFFhostName: station-7',
        'profile: adafruit',
        'network: {interface: eth0, method: static, address: 192.0.2.10/24, gateway: 192.0.2.1}',
        'config:',
        '  access: {rules: [{prefix: 10.0.0.0/8, action: serve}]}',
      ].join('\n'),
    );
    if ('errors' in result) throw new Error(result.errors.map(({ message }) => message).join());
    expect(result.config.network).toEqual({
      hostName: 'station-7',
      interface: 'eth0',
      method: 'static',
      address: '192.0.2.10/24',
      gateway: '192.0.2.1',
    });
    expect(result.config.pps.line).toBe(4);
    expect(result.config.receiver).toMatchObject({ device: '/dev/ttyAMA0', baud: 9600 });
    expect(result.config.access.rules.map(({ prefix }) => prefix)).toEqual(['10.0.0.0/8']);
    expect(result.config.clock.steer).toBe(true);
  });

  test('what the configuration refuses, the setup file refuses', () => {
    expect(applied('hostName: no_name!')).toHaveProperty('errors');
    expect(applied('config: {pps: {line: 5000}}')).toHaveProperty('errors');
  });

  test.each([
    ['nothing at all', '', []],
    ['comments only', '# hostName: x\n', []],
  ])('%s changes nothing', (_, text, changes) => {
    expect(setup(text)).toMatchObject({ changes, claimCode: undefined, adminPasswordHash: undefined });
  });

  const deep = '['.repeat(5000);
  test.each([
    ['hostname: x', /^line 1: hostname: is not known: use hostName, /],
    ['\n\nclaimCode: short', /^line 3: claimCode: use 8 to 64/],
    ['hostName: a\r\nprofile: ublox', /^line 2: profile: use generic, adafruit, uputronics$/],
    ['network: eth0', /^line 1: network: write/],
    ['config: [1]', /^line 1: config: write/],
    ['adminPasswordHash: hunter2', /^line 1: adminPasswordHash: is no scrypt hash/],
    [
      'adminPasswordHash: $scrypt$ln=30,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
      /is no scrypt hash/,
    ],
    ['serve: 10.0.0.0/8', /^line 1: serve: write a list/],
    ['hostName: a\nserve:\n  - 10.0.0.0/8\n  - 10.0.0/8', /^line 4: serve\[1\]: "10.0.0\/8"/],
    ['serve: [5]', /^line 1: serve\[0\]: write a network/],
    [`serve: [${'10.0.0.1, '.repeat(1001)}]`, /^line 1: serve: write a list of up to 1000/],
    ['serve: [any]\nconfig: {access: {rules: []}}', /^line 1: serve: and config.access.rules say the same/],
    ['- a list', /^line 1: it does not consist of lines/],
    ['just words', /^line 1: it does not consist of lines/],
    ['hostName: a\n\tprofile: generic', /^line 2: tabs do not indent/],
    ['hostName: a\nhostName: b', /^line 2: hostName: is given twice, first on line 1/],
    ['hostName: a\n---\nhostName: b', /^line 2: a second document/],
    ['a: [1', /^line 1: .*close every bracket/],
    ['hostName: "a', /^line \d: /],
    ['a: &a [x]\nb: *nowhere', /^(line 2: )?.*alias/i],
    [`config: ${deep}`, /nested too deep/],
    ['h\u0000o\u0000s\u0000t', /not UTF-8 text: save it as UTF-8/],
    ['__proto__: {claimCode: abcdefgh}', /^line 1: __proto__: is not known/],
    ['hostName: a\u001b[2J\nx\u0007: 1', /^(?!.*\p{Cc})/u],
  ])('%j is refused by line and field, with a remedy', (text, reason) => {
    expect(readSetup(text)).toEqual({ error: expect.stringMatching(reason) });
  });

  test('all that is wrong is told at once', () => {
    const read = readSetup('claimCode: short\nprofile: x\nwhat: 1');
    expect('error' in read && read.error.split('\n').map((line) => line.slice(0, 6))).toEqual([
      'line 3',
      'line 1',
      'line 2',
    ]);
  });

  test.each([
    ['hostName: no_name!', 'line 1: hostName: '],
    ['\nprofile: generic\nconfig:\n  pps:\n    line: 5000', 'line 5: config.pps.line: '],
    ['config: {pps: {lime: 4}}', 'line 1: config.pps.lime: '],
    [
      'config:\n  access:\n    rules:\n      - {prefix: 10.0.0.0/8, action: server}',
      'line 4: config.access.rules[0].action: ',
    ],
    ['network:\n  interface: eth0\n  method: static\n  address: 192.0.2.300/24', 'line 4: network.address: '],
    ['config:\n  __proto__: {steer: false}', 'line 2: config.__proto__'],
    ['config:\n  what:\n    ever: 1', 'line 2: config.what: unknown key'],
    ['config: {ntp: 5}', 'line 1: config.ntp: '],
  ])('what the configuration refuses is told by the line of this file: %j', (text, start) => {
    const read = setup(text);
    const result = applied(text);
    if (!('errors' in result)) throw new Error('it was taken');
    expect(result.errors.map(read.explain).join('\n')).toContain(start);
  });

  test('serves more networks by a short form, beside those that are served anyway', () => {
    const result = applied('serve: [10.0.0.0/8, "2001:db8::/32", 10.0.0.0/8, any, 192.0.2.7]');
    if ('errors' in result) throw new Error(result.errors.map(({ message }) => message).join());
    const { rules } = result.config.access;
    expect(rules.map(({ prefix }) => prefix)).toEqual([
      'attached',
      'loopback',
      '10.0.0.0/8',
      '2001:db8::/32',
      'any',
      '192.0.2.7/32',
    ]);
    expect(new Set(rules.map(({ action }) => action))).toEqual(new Set(['serve']));
  });

  test('without a profile the receiver stays as it was set; the generic one looks for it', () => {
    expect(setup('hostName: a').changes.map(({ path }) => path.join('.'))).toEqual(['network.hostName']);
    const result = applied('profile: generic');
    if ('errors' in result) throw new Error('not taken');
    expect(result.config.receiver).toMatchObject({ device: 'auto', baud: 'auto' });
    expect(result.config.pps).toEqual({ device: 'auto', line: 'auto', edge: 'rising' });
  });

  test('takes a password hash that the appliance itself has made', async () => {
    const hash = (await new PasswordHasher({ log2n: 4, r: 8, p: 1 }).hash('correct horse battery')) ?? '';
    expect(setup(`adminPasswordHash: ${hash}`).adminPasswordHash).toBe(hash);
    expect(setup(`adminPasswordHash: '${hash}'`).adminPasswordHash).toBe(hash);
  });

  test('a claim code of digits stays as it was written', () => {
    expect(setup('claimCode: 12345678').claimCode).toBe('12345678');
    expect(setup('claimCode: 001234567 # ours').claimCode).toBe('001234567');
    expect(setup('claimCode: 0x12345678').claimCode).toBe('0x12345678');
  });
});

describe('what stays on the card', () => {
  test.each([
    'hostName: a # mine\nclaimCode: open-sesame\nserve: [any]\n',
    '{hostName: a, claimCode: open-sesame}',
    'claimCode:\n  open-sesame\nhostName: a',
    '"claimCode" : "open-sesame"\r\nadminPasswordHash: open-sesame\r\nhostName: a\r\n',
    'claimCode: &c open-sesame\nadminPasswordHash: *c\nhostName: *c',
    'claimCode: open-sesame',
    '\uFEFFclaimCode: >-\n  open-sesame\n',
  ])('has no secret: %j', (text) => {
    const left = withoutSecrets(text);
    expect(left).not.toContain('open-sesame');
    expect(readSetup(left)).toMatchObject({ claimCode: undefined, adminPasswordHash: undefined });
    if (/hostName: a/.test(text)) expect(left).toContain('hostName: a');
  });

  test('is untouched where it had none', () => {
    expect(withoutSecrets('# hello\r\nhostName:   a\r\n')).toBe('# hello\r\nhostName:   a\r\n');
  });
});
