import { createHash, getHashes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { opensslDigest } from '../../../hw/linux/openssl-digests.ts';
import type { PaddedDigest, PaddedDigests } from '../../../hw/ports.ts';
import { CmacAes128 } from '../../../src/access/keys/cmac.ts';
import { DigestMac, digestAvailable, type Mac } from '../../../src/access/keys/digests.ts';
import { InputBuffer } from '../../../src/access/keys/input-buffer.ts';
import { referenceCmac } from './reference-cmac.ts';
import { hex, randomBytes, seeded, unhex } from './seeded.ts';

/** The digest of a message that stands in the middle of other bytes, so that offsets count. */
function digestOf(mac: Mac, message: Uint8Array): string {
  const bytes = new Uint8Array(7 + message.length + 5 + mac.length).fill(0xee);
  bytes.set(message, 7);
  const at = 7 + message.length + 5;
  mac.write(bytes, 7, message.length, at, mac.length);
  return hex(bytes.subarray(at));
}

describe('AES-128-CMAC', () => {
  // RFC 4493 §4, which NIST SP 800-38B appendix D has as well.
  const secret = '2b7e151628aed2a6abf7158809cf4f3c';
  const message =
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
    '30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';
  const examples: [number, string][] = [
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ];

  test.each(examples)('RFC 4493 §4, %i bytes', (length, expected) => {
    const mac = new CmacAes128(unhex(secret), new InputBuffer());
    expect(digestOf(mac, unhex(message).subarray(0, length))).toBe(expected);
  });

  test('a message does not depend on those before it', () => {
    const mac = new CmacAes128(unhex(secret), new InputBuffer());
    for (const [length, expected] of [...examples, ...examples.toReversed()])
      expect(digestOf(mac, unhex(message).subarray(0, length))).toBe(expected);
  });

  test('agrees with the definition for random secrets and messages', () => {
    const random = seeded(4493);
    const input = new InputBuffer();
    for (let round = 0; round < 100; round++) {
      const key = randomBytes(random, 16);
      const mac = new CmacAes128(key, input);
      for (let i = 0; i < 3; i++) {
        const text = randomBytes(random, Math.floor(random() * 130));
        expect(digestOf(mac, text)).toBe(hex(referenceCmac(key, text)));
      }
    }
  });
});

describe('digests of secret and message', () => {
  const types = ['MD5', 'SHA1', 'SHA256', 'SHA512'] as const;

  test.each(types)('%s agrees with createHash for any length of secret and message', (type) => {
    const random = seeded(types.indexOf(type) + 1);
    const input = new InputBuffer();
    for (let length = 1; length <= 80; length++) {
      const secret = randomBytes(random, length);
      const mac = new DigestMac(type, secret, input);
      const message = randomBytes(random, Math.floor(random() * 130));
      const expected = createHash(type).update(secret).update(message).digest('hex');
      expect(digestOf(mac, message)).toBe(expected);
      expect(mac.length).toBe(expected.length / 2);
    }
  });

  test.for(types)(
    '%s of a header by the compression function alone, for any length of secret',
    (type, { skip }) => {
      if (opensslDigest(type, 64) === undefined)
        skip(`this Node does not export OpenSSL's ${type}: it is not used`);
      const random = seeded(types.indexOf(type) + 11);
      const input = new InputBuffer();
      let runs = 0;
      const counted: PaddedDigests = (name, bytes) => {
        const digest = opensslDigest(name, bytes) as PaddedDigest;
        const run = () => {
          runs++;
          digest.run();
        };
        return { input: digest.input, state: digest.state, run };
      };
      for (let length = 0; length <= 300; length++) {
        const secret = randomBytes(random, length);
        const mac = new DigestMac(type, secret, input, counted);
        runs = 0;
        for (let i = 0; i < 3; i++) {
          const header = randomBytes(random, 48);
          const expected = createHash(type).update(secret).update(header).digest('hex');
          expect(digestOf(mac, header)).toBe(expected);
          const signed = Buffer.concat([header, Buffer.from(expected, 'hex')]);
          expect(mac.matches(signed, 0, 48, 48, mac.length)).toBe(true);
          for (const at of [0, 47, 48, 48 + mac.length - 1]) {
            const wrong = Uint8Array.from(signed, (byte, place) => (place === at ? byte ^ 1 : byte));
            expect(mac.matches(wrong, 0, 48, 48, mac.length)).toBe(false);
          }
        }
        expect(runs).toBe(18);
        // Another length of message is left to the other way, and leaves nothing behind.
        const longer = randomBytes(random, 64);
        expect(digestOf(mac, longer)).toBe(createHash(type).update(secret).update(longer).digest('hex'));
      }
    },
  );

  test('a compression function that is wrong is not used', () => {
    const wrong: PaddedDigests = (_, bytes) => ({
      input: new Uint8Array(bytes),
      state: new Uint8Array(64),
      run() {},
    });
    const secret = randomBytes(seeded(3), 20);
    const header = randomBytes(seeded(4), 48);
    const mac = new DigestMac('SHA256', secret, new InputBuffer(), wrong);
    expect(digestOf(mac, header)).toBe(createHash('sha256').update(secret).update(header).digest('hex'));
  });

  test('messages longer than the room kept for them', () => {
    const random = seeded(9);
    const secret = randomBytes(random, 32);
    for (const length of [2015, 2016, 2017, 9000]) {
      const message = randomBytes(random, length);
      const expected = createHash('sha256').update(secret).update(message).digest('hex');
      expect(digestOf(new DigestMac('SHA256', secret, new InputBuffer()), message)).toBe(expected);
      const cmac = new CmacAes128(secret.subarray(0, 16), new InputBuffer());
      expect(digestOf(cmac, message)).toBe(hex(referenceCmac(secret.subarray(0, 16), message)));
    }
  });

  test('available is what this OpenSSL has', () => {
    for (const type of types) expect(digestAvailable(type)).toBe(getHashes().includes(type.toLowerCase()));
    expect(digestAvailable('AES128')).toBe(true);
  });
});
