import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/access/address.ts';
import type { KeyType } from '../../../src/access/keys/key-type.ts';
import { type KeyData, Keyring } from '../../../src/access/keys/keyring.ts';
import { type Prefix, parsePrefix } from '../../../src/access/prefix.ts';
import { referenceCmac } from './reference-cmac.ts';
import { hex, randomBytes, seeded, unhex } from './seeded.ts';

const random = seeded(5905);
const SECRET = randomBytes(random, 16);
const START = 100;
const HEADER = 48;
const LENGTHS: readonly (readonly [KeyType, number, number])[] = [
  ['MD5', 16, 16],
  ['SHA1', 20, 20],
  ['SHA256', 32, 20],
  ['SHA512', 64, 20],
  ['AES128', 16, 16],
];
/** Type and length of the MAC, each whole and as version 4 cuts it. */
const MACS = LENGTHS.flatMap(([type, whole, cut]) =>
  [...new Set([whole, cut])].map((n) => [type, 4 + n] as const),
);

function key(type: KeyType, id = 42, from: readonly Prefix[] = []): KeyData {
  return { id, type, secret: SECRET, from };
}

/** A datagram in a slot of a larger memory, signed by the ring's first key. */
function signed(ring: Keyring, macLength: number, length = HEADER): Uint8Array {
  const bytes = new Uint8Array(400).fill(0xaa);
  bytes.set(randomBytes(random, length), START);
  ring.sign(0, bytes, START, length, START + length, macLength);
  return bytes;
}

function expected(type: KeyType, message: Uint8Array): Uint8Array {
  return type === 'AES128'
    ? referenceCmac(SECRET, message)
    : createHash(type).update(SECRET).update(message).digest();
}

describe('sign and verify', () => {
  test.each(MACS)('%s in a MAC of %i bytes', (type, macLength) => {
    const ring = new Keyring([key(type, 0x89abcdef)]);
    for (const length of [HEADER, HEADER + 28, HEADER + 100]) {
      const bytes = signed(ring, macLength, length);
      const macAt = START + length;
      expect(hex(bytes.subarray(macAt, macAt + 4))).toBe('89abcdef');
      const digest = expected(type, bytes.subarray(START, macAt)).subarray(0, macLength - 4);
      expect(hex(bytes.subarray(macAt + 4, macAt + macLength))).toBe(hex(digest));
      expect(ring.verify(0, bytes, START, length, macAt, macLength)).toBe(true);
      expect(new Set(bytes.subarray(macAt + macLength))).toEqual(new Set([0xaa]));
    }
  });

  test.each(MACS)('%s, %i bytes: any flipped bit is seen', (type, macLength) => {
    const ring = new Keyring([key(type)]);
    const bytes = signed(ring, macLength);
    for (let bit = START * 8; bit < (START + HEADER + macLength) * 8; bit++) {
      flip(bytes, bit);
      if (ring.verify(0, bytes, START, HEADER, START + HEADER, macLength))
        expect.fail(`bit ${bit} went unnoticed`);
      flip(bytes, bit);
    }
    expect(ring.verify(0, bytes, START, HEADER, START + HEADER, macLength)).toBe(true);
  });

  test.each(LENGTHS)('%s: a digest of another length is none', (type, whole, cut) => {
    const ring = new Keyring([key(type)]);
    const bytes = signed(ring, 4 + whole);
    const right = [];
    for (let n = -4; n <= 100; n++)
      if (ring.verify(0, bytes, START, HEADER, START + HEADER, 4 + n)) right.push(n);
    expect(right).toEqual([...new Set([cut, whole])]);
  });

  test('a MAC that runs out of the memory is none, even where its missing byte is 0', () => {
    const ring = new Keyring([key('SHA1')]);
    const end = START + HEADER + 24;
    let bytes = signed(ring, 24);
    while (bytes[end - 1] !== 0) bytes = signed(ring, 24);
    expect(ring.verify(0, bytes.subarray(0, end), START, HEADER, START + HEADER, 24)).toBe(true);
    expect(ring.verify(0, bytes.subarray(0, end - 1), START, HEADER, START + HEADER, 24)).toBe(false);
  });

  test.each(MACS)('%s, %i bytes: another secret and another key of the ring', (type, macLength) => {
    const other = { ...key(type, 43), secret: randomBytes(random, 16) };
    const ring = new Keyring([key(type), other]);
    const bytes = signed(ring, macLength);
    expect(ring.verify(1, bytes, START, HEADER, START + HEADER, macLength)).toBe(false);
    const forged = new Keyring([{ ...other, id: 42 }]);
    expect(forged.verify(0, bytes, START, HEADER, START + HEADER, macLength)).toBe(false);
  });

  test('an unknown key verifies and writes nothing', () => {
    const ring = new Keyring([key('MD5')]);
    const bytes = signed(ring, 20);
    const before = hex(bytes);
    for (const index of [-1, 1]) {
      expect(ring.verify(index, bytes, START, HEADER, START + HEADER, 20)).toBe(false);
      ring.sign(index, bytes, START, HEADER, START + HEADER, 20);
    }
    expect(hex(bytes)).toBe(before);
  });

  test('keys of all types in turn', () => {
    const ring = new Keyring(LENGTHS.map(([type], i) => key(type, i + 1)));
    for (let round = 0; round < 3; round++)
      for (const [index, [type, whole]] of LENGTHS.entries()) {
        const bytes = new Uint8Array(200);
        bytes.set(randomBytes(random, HEADER));
        ring.sign(index, bytes, 0, HEADER, HEADER, 4 + whole);
        expect(hex(bytes.subarray(52, 52 + whole))).toBe(hex(expected(type, bytes.subarray(0, HEADER))));
      }
  });
});

describe('packets that others have published', () => {
  test('an NTPsec client request with AES-128-CMAC (its tests/pylib/test_ntpc.py)', () => {
    const packet = unhex(
      `e3${'00'.repeat(39)}e6136a712d8c4800` + `00000064${'01c167a4df28f25a4794bf00c8b35469'}`,
    );
    const secret = unhex('0fd2287c1e97a50cb9d3cb9f80debcb6');
    const ring = new Keyring([{ id: 100, type: 'AES128', secret, from: [] }]);
    expect(ring.verify(ring.find(100), packet, 0, 48, 48, 20)).toBe(true);
  });

  test("ntpd's MD5 example (its tests/libntp/a_md5encrypt.c)", () => {
    const secret = new TextEncoder().encode('abcdefgh');
    const bytes = new Uint8Array(36);
    bytes.set(new TextEncoder().encode('ijklmnopqrstuvwx'));
    new Keyring([{ id: 0, type: 'MD5', secret, from: [] }]).sign(0, bytes, 0, 16, 16, 20);
    expect(hex(bytes.subarray(16))).toBe('000000000c0e84cf0bb7a8688e5238dbbc1c3953');
  });
});

describe('find', () => {
  test('the place of each key, −1 for others', () => {
    const ids = [7, 1, 65_535, 4_294_967_295, 2_147_483_648];
    const ring = new Keyring(ids.map((id) => key('SHA1', id)));
    expect(ids.map((id) => ring.find(id))).toEqual([0, 1, 2, 3, 4]);
    for (const id of [0, 2, -1, 4_294_967_294, 2_147_483_647]) expect(ring.find(id)).toBe(-1);
  });

  test('a ring without keys', () => {
    expect(new Keyring([]).find(1)).toBe(-1);
  });
});

describe('allows', () => {
  const ring = (...prefixes: string[]) => new Keyring([key('SHA1', 1, prefixes.map(prefix))]);
  const ask = (keys: Keyring, address: string) => {
    const addresses = new Uint8Array(48).fill(0xff);
    addresses.set(parseAddress(address) as Uint8Array, 16);
    return keys.allows(0, addresses, 16);
  };

  test.each<[string[], string, boolean]>([
    [[], '203.0.113.9', true],
    [[], '2001:db8::1', true],
    [['192.0.2.7'], '192.0.2.7', true],
    [['192.0.2.7'], '::ffff:192.0.2.7', true],
    [['192.0.2.7'], '192.0.2.8', false],
    [['192.0.2.7'], '2001:db8::c000:207', false],
    [['192.0.2.0/25'], '192.0.2.127', true],
    [['192.0.2.0/25'], '192.0.2.128', false],
    [['10.0.0.0/8', '192.0.2.7'], '10.255.0.1', true],
    [['10.0.0.0/8', '192.0.2.7'], '11.0.0.1', false],
    [['2001:db8::/33'], '2001:db8:7fff::1', true],
    [['2001:db8::/33'], '2001:db8:8000::1', false],
    [['0.0.0.0/0'], '203.0.113.9', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['::/0'], '2001:db8::1', true],
    [['::/0'], '203.0.113.9', false],
  ])('%j: %s → %s', (prefixes, address, expected) => {
    expect(ask(ring(...prefixes), address)).toBe(expected);
  });

  test('an unknown key, to nobody', () => {
    expect(ring().allows(-1, new Uint8Array(16), 0)).toBe(false);
  });
});

test('keys reach a thread by structured clone', () => {
  const keys = [key('SHA256', 9, [prefix('192.0.2.0/24')])];
  const there = new Keyring(structuredClone(keys));
  expect(there.verify(0, signed(new Keyring(keys), 24), START, HEADER, START + HEADER, 24)).toBe(true);
  expect(there.allows(0, parseAddress('192.0.2.3') as Uint8Array, 0)).toBe(true);
});

function flip(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
}

function prefix(text: string): Prefix {
  const parsed = parsePrefix(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
}

describe('a batch', () => {
  const SLOT = 160;
  const types: readonly KeyType[] = ['AES128', 'SHA1', 'AES128'];
  const keys = types.map((type, i) => ({ id: i + 1, type, secret: randomBytes(random, 16), from: [] }));

  /** Slots with headers by keys in turn, those of `plain` without a MAC. */
  function batch(count: number) {
    const data = randomBytes(random, count * SLOT);
    const lengths = new Int32Array(count).fill(HEADER + 20);
    const owners = Int32Array.from({ length: count }, (_, slot) => (slot % 7 === 6 ? -1 : slot % 3));
    return { data, lengths, owners };
  }

  test.each([1, 2, 3, 9, 32, 100])('of %i is signed and verified as one by one', (count) => {
    const { data, lengths, owners } = batch(count);
    const ring = new Keyring(keys);
    const each = (act: (slot: number, owner: number) => void) =>
      owners.forEach((owner, slot) => {
        if (owner >= 0) act(slot, owner);
      });
    const single = data.slice();
    const sign = (on: Keyring, bytes: Uint8Array) =>
      each((slot, owner) => on.sign(owner, bytes, slot * SLOT, HEADER, slot * SLOT + HEADER, 24));
    sign(new Keyring(keys), single);
    ring.lookAheadToSign(data, SLOT, owners, count);
    sign(ring, data);
    expect(hex(data)).toBe(hex(single));
    each((slot, owner) => {
      if (types[owner] === 'SHA1') lengths[slot] = HEADER + 24;
    });
    const verified = (slot: number, owner: number) =>
      ring.verify(owner, data, slot * SLOT, HEADER, slot * SLOT + HEADER, (lengths[slot] as number) - HEADER);
    ring.lookAhead(data, SLOT, lengths, count);
    each((slot, owner) => expect(verified(slot, owner)).toBe(true));
    for (const byte of [0, HEADER - 1, HEADER + 4, HEADER + 19]) {
      each((slot) => {
        data[slot * SLOT + byte] = (data[slot * SLOT + byte] as number) ^ 1;
      });
      ring.lookAhead(data, SLOT, lengths, count);
      each((slot, owner) => expect(verified(slot, owner)).toBe(false));
      each((slot) => {
        data[slot * SLOT + byte] = (data[slot * SLOT + byte] as number) ^ 1;
      });
    }
  });

  test('a key does not verify what was computed by another', () => {
    const { data, lengths } = batch(4);
    const ring = new Keyring(keys);
    for (let slot = 0; slot < 4; slot++) ring.sign(0, data, slot * SLOT, HEADER, slot * SLOT + HEADER, 20);
    ring.lookAhead(data, SLOT, lengths, 4);
    expect(ring.verify(0, data, 0, HEADER, HEADER, 20)).toBe(true);
    expect(ring.verify(2, data, 0, HEADER, HEADER, 20)).toBe(false);
  });
});
