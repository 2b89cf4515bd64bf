import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkPair } from '../../src/tls/check-pair.ts';
import { ISSUED } from './issued.ts';
import { pair, pem, rsaKey } from './support.ts';

const NOW = Date.parse('2026-12-01T00:00:00Z');
const good = pair();
const other = pair();

describe('an upload', () => {
  test('that fits is taken, in one form', () => {
    const messy = `Bag attributes\r\n${good.certificate.replaceAll('\n', '\r\n')}\n\n`;
    expect(checkPair(messy, good.key, NOW)).toEqual(good);
  });

  test('may bring the chain of its issuers', () => {
    const chain = ISSUED.certificate + ISSUED.issuer;
    expect(checkPair(chain, ISSUED.key, NOW)).toEqual({ certificate: chain, key: ISSUED.key });
    const wrongWay = checkPair(ISSUED.issuer + ISSUED.certificate, ISSUED.key, NOW);
    expect(wrongWay).toMatchObject({ field: 'key', message: expect.stringContaining('does not belong') });
  });

  test('that has expired is taken while the time is not known', () => {
    const old = pair({ to: '2026-02-01T00:00:00Z' });
    expect(checkPair(old.certificate, old.key, undefined)).toEqual(old);
  });

  const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  const old = pair({ to: '2026-02-01T00:00:00Z' });
  const young = pair({ from: '2027-01-01T00:00:00Z' });
  const curve = (namedCurve: string) => pem(generateKeyPairSync('ec', { namedCurve }).privateKey);
  const { certificate, key } = good;
  test.each<[string, string, string, string, RegExp]>([
    ['no certificate', '', key, 'certificate', /^holds no certificate: /],
    ['a key in its place', key, key, 'certificate', /^holds no certificate: /],
    ['garbage', certificate.replace(/\nM/, '\nX'), key, 'certificate', /^is not a readable certificate/],
    ['no key', certificate, 'x', 'key', /^is not a readable private key/],
    ['an encrypted key', certificate, String(encrypted), 'key', /^is encrypted: take its passphrase off/],
    ['the key of another', certificate, other.key, 'key', /^does not belong to the certificate/],
    ['a weak key', certificate, rsaKey(1024), 'key', /^is an RSA key of 1024 bits: use 2048 or more/],
    [
      'an odd key',
      certificate,
      pem(generateKeyPairSync('ed25519').privateKey),
      'key',
      /^is of a kind that browsers/,
    ],
    ['an odd curve', certificate, curve('secp256k1'), 'key', /^is of a kind that browsers do not take/],
    ['one that has expired', old.certificate, old.key, 'certificate', /^expired on .*2026/],
    ['one that is not yet valid', young.certificate, young.key, 'certificate', /^is not valid before .*2027/],
    [
      'a chain of strangers',
      certificate + other.certificate,
      key,
      'certificate',
      /^is followed by one that has not/,
    ],
    ['a bundle', certificate.repeat(11), key, 'certificate', /^holds more than 10 certificates/],
  ])('of %s is refused', (_what, cert, privateKey, field, message) => {
    expect(checkPair(cert, privateKey, NOW)).toEqual({ field, message: expect.stringMatching(message) });
  });
});
