import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSetup, type Setup } from '../../image/guest/setup-file.ts';
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
    const result = applied(text);
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
    expect(setup(text)).toEqual({ changes, claimCode: undefined });
  });

  test.each([
    ['hostname: x', /hostname is not known: use hostName/],
    ['claimCode: short', /8 to 64/],
    ['profile: ublox', /profile: use generic, uputronics, adafruit/],
    ['network: eth0', /network: write/],
    ['config: [1]', /config: write/],
    ['- a list', /does not consist of lines/],
    ['a: [1', /no YAML/],
  ])('%j is refused with a remedy', (text, reason) => {
    expect(readSetup(text)).toEqual({ error: expect.stringMatching(reason) });
  });

  test('a claim code of digits stays as it was written', () => {
    expect(setup('claimCode: 12345678').claimCode).toBe('12345678');
  });
});
