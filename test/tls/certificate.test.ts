import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newKey, selfSigned } from '../../src/tls/certificate.ts';
import { certificateView } from '../../src/tls/certificate-view.ts';
import { integer, objectIdentifier, octetString, time } from '../../src/tls/der.ts';
import { addressBytes, subjectNames } from '../../src/tls/subject-names.ts';
import { Scratch } from '../support/scratch.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('DER', () => {
  test.each([
    // X.690 §8.3, §8.19.5 and others known from certificates.
    [integer(0n), '020100'],
    [integer(127n), '02017f'],
    [integer(128n), '02020080'],
    [integer(256n), '02020100'],
    [objectIdentifier('2.999.3'), '0603883703'],
    [objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    [octetString(new Uint8Array(127)), `047f${'00'.repeat(127)}`],
    [octetString(new Uint8Array(128)), `048180${'00'.repeat(128)}`],
    [octetString(new Uint8Array(256)), `04820100${'00'.repeat(256)}`],
    [time(new Date('2049-12-31T23:59:59Z')), `170d${Buffer.from('491231235959Z').toString('hex')}`],
    [time(new Date('2050-01-01T00:00:00Z')), `180f${Buffer.from('20500101000000Z').toString('hex')}`],
  ])('%#', (written, expected) => expect(hex(written)).toBe(expected));
});

describe('names', () => {
  test('of the host, of mDNS, and its addresses', () => {
    expect(subjectNames('Clock7.example.net', ['192.0.2.7', 'fe80::1', '2001:db8::7', '127.0.0.1'])).toEqual([
      ...['clock7', 'clock7.local', 'localhost', '127.0.0.1', '::1', '192.0.2.7', '2001:db8::7'],
    ]);
    expect(subjectNames('', [])[0]).toBe('timeball');
    expect(subjectNames('ä"', ['garbage'])).toEqual(['timeball', 'localhost', '127.0.0.1', '::1']);
    expect(
      subjectNames(
        'x',
        Array.from({ length: 99 }, (_, n) => `10.0.0.${n}`),
      ),
    ).toHaveLength(32);
  });

  test('addresses as bytes', () => {
    expect(hex(addressBytes('192.0.2.7'))).toBe('c0000207');
    expect(hex(addressBytes('2001:db8::7'))).toBe('20010db8000000000000000000000007');
  });
});

describe('a certificate of its own', () => {
  const names = ['clock7', 'clock7.local', '192.0.2.7', '2001:db8::7'];
  const key = newKey();
  const notBefore = new Date('2026-11-21T00:00:00Z');
  const written = selfSigned({ names, notBefore, notAfter: new Date('2051-02-03T04:05:06Z'), key });
  const certificate = new X509Certificate(written);

  test('says what it should', () => {
    expect(certificateView(written)).toEqual({
      subject: 'O=Timeball, CN=clock7',
      issuer: 'O=Timeball, CN=clock7',
      notBefore: '2026-11-21T00:00:00.000Z',
      notAfter: '2051-02-03T04:05:06.000Z',
      fingerprintSha256: certificate.fingerprint256,
      selfSigned: true,
      names: ['clock7', 'clock7.local', '192.0.2.7', '2001:DB8:0:0:0:0:0:7'],
    });
    expect(certificate.checkHost('clock7.local')).toBe('clock7.local');
    expect(certificate.checkHost('other')).toBeUndefined();
    expect(certificate.checkIP('2001:db8::7')).toBe('2001:db8::7');
    expect(certificate.checkIP('192.0.2.8')).toBeUndefined();
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  test('differs each time, by its number', () => {
    const again = selfSigned({ names, notBefore, notAfter: notBefore, key });
    expect(new X509Certificate(again).serialNumber).not.toBe(certificate.serialNumber);
    expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test.skipIf(spawnSync('openssl', ['version']).error !== undefined)('openssl finds no fault with it', () => {
    const folder = new Scratch({ 'own.pem': written });
    const own = `${folder.path}/own.pem`;
    const verify = ['verify', '-x509_strict', '-partial_chain', '-trusted', own, '-purpose', 'sslserver'];
    const verified = spawnSync('openssl', [
      ...verify,
      '-attime',
      String(Date.parse('2027-01-01') / 1000),
      own,
    ]);
    expect(verified.stdout.toString() + verified.stderr.toString()).toBe(`${own}: OK\n`);
    folder.dispose();
    const text = spawnSync('openssl', ['x509', '-noout', '-text'], { input: written }).stdout.toString();
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/X509v3 Extended Key Usage: \s+TLS Web Server Authentication\n/);
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE\n/);
  });
});
