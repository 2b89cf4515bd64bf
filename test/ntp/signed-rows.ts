/**
 * Packets with a MAC, and the bytes that leave for each. The digests are not worked out here: they were by OpenSSL's
 * command line, `openssl dgst` of the secret and the 48 bytes before the MAC, and `openssl mac ... CMAC` of these.
 */
import type { KeyData } from '../../src/access/keys/keyring.ts';
import type { OutcomeName } from '../../src/ntp/outcomes.ts';
import { bytesOf, type ServiceSettings } from './exchange.ts';
import { DENY, TIME, UNSYNCHRONISED } from './golden.ts';

const SECRET = new TextEncoder().encode('correct horse battery');
const all = { secret: SECRET, from: [] };
export const signedKeys: readonly KeyData[] = [
  { id: 1, type: 'MD5', ...all },
  { id: 2, type: 'SHA1', ...all },
  { id: 3, type: 'SHA256', ...all },
  { id: 4, type: 'SHA512', ...all },
  { id: 5, type: 'AES128', secret: bytesOf('2b7e1516 28aed2a6 abf71588 09cf4f3c'), from: [] },
  {
    id: 6,
    type: 'SHA1',
    secret: SECRET,
    from: [{ bytes: bytesOf(`20010db8${'00'.repeat(12)}`), length: 32 }],
  },
  { id: 36, type: 'SHA256', ...all },
];

export interface SignedRow {
  readonly name: string;
  /** In hex, spaces for reading. */
  readonly packet: string;
  readonly outcome: OutcomeName;
  /** The whole datagram that leaves; without it none does. */
  readonly golden?: string;
  readonly rules?: ServiceSettings['rules'];
  readonly synchronised?: boolean;
}

/** As `request()`, without its first byte. */
const REQUEST = `000600 ${'00'.repeat(36)} 01234567 89abcdef`;
const FIELD = `7777001c ${'00'.repeat(24)}`;

/** Digests of the request of version 4. */
const SHA1 = '19372d14dd75f4a85a013fa1551d56206a159138';
const SHA256 = '4f7b4d83f5c71442035796da36608c7a1ff27ca127f830f1909db2634b7c4a40';
const AES128 = '5bd3889a4a52d795cdc2dfc5f077c626';

/** Version 4: digests of more than 20 bytes are cut to 20. */
const version4: readonly SignedRow[] = [
  {
    name: 'v4, MD5',
    packet: `23 ${REQUEST} 00000001 3eb73eef3d7a50d30e74bdf1f16864d0`,
    outcome: 'served',
    golden: `24 ${TIME} 00000001 df76dc2fef6fee70080f8c8caad777ca`,
  },
  {
    name: 'v4, SHA1',
    packet: `23 ${REQUEST} 00000002 ${SHA1}`,
    outcome: 'served',
    golden: `24 ${TIME} 00000002 a989f7ce9073cc4d7a71f722be3426721c5a7130`,
  },
  {
    name: 'v4, SHA256',
    packet: `23 ${REQUEST} 00000003 ${SHA256.slice(0, 40)}`,
    outcome: 'served',
    golden: `24 ${TIME} 00000003 f742a33189479717b20c22910136b0ffb9e27e24`,
  },
  {
    name: 'v4, SHA512',
    packet: `23 ${REQUEST} 00000004 6a664e3575f420f4cdf8995d2018b300df9611f0`,
    outcome: 'served',
    golden: `24 ${TIME} 00000004 f8a65b0104b6ad22ca4844350766b1c0abc45a31`,
  },
  {
    name: 'v4, AES128',
    packet: `23 ${REQUEST} 00000005 ${AES128}`,
    outcome: 'served',
    golden: `24 ${TIME} 00000005 76311841b85499ac286d7ae10ca20d16`,
  },
  {
    name: 'v4, a field and SHA1: the MAC covers the field, which the answer does not have',
    packet: `23 ${REQUEST} ${FIELD} 00000002 738f714f4c7cf47ef4f63aaa6549a6b757ecfe5c`,
    outcome: 'served',
    golden: `24 ${TIME} 00000002 a989f7ce9073cc4d7a71f722be3426721c5a7130`,
  },
  {
    name: 'v4, SHA256 in full: longer than version 4 has it',
    packet: `23 ${REQUEST} 00000003 ${SHA256}`,
    outcome: 'bad-extension',
  },
  {
    name: 'v4, SHA256 in full of key 36: nor is it a field of 36 bytes, to be answered without a MAC',
    packet: `23 ${REQUEST} 00000024 ${SHA256}`,
    outcome: 'bad-extension',
  },
];

/** Version 3: digests are whole. */
const version3: readonly SignedRow[] = [
  {
    name: 'v3, SHA256',
    packet: `1b ${REQUEST} 00000003 8ba14b5bb1f89f0e080631cbf38d3d3374f4139e57a86c142b03e27ceb01a95b`,
    outcome: 'served',
    golden: `1c ${TIME} 00000003 32c74577d0d332f273ea79236f8e9e6fc48346e44ed8df3b7b5339292c2a0937`,
  },
  {
    name: 'v3, SHA512',
    packet: `1b ${REQUEST} 00000004
      ab5d419323942c8139ffdfb9604fe8a5bea1ff124087e4cc9aa684685ec8f93c
      2cc72bf4b484638cda7bc831e1ebc59ff9d5ccf7d31965daeaf026114f709e91`,
    outcome: 'served',
    golden: `1c ${TIME} 00000004
      175a214a429f4f995c30b49e366fbec4986d4f4aedb02e3709e6f91b7a6a77e1
      b0ef05606739bd6e6b5d5dde3f348c955457355ac33423096cc0bbb7fa90d539`,
  },
];

const states: readonly SignedRow[] = [
  {
    name: 'unsynchronised, SHA256',
    packet: `23 ${REQUEST} 00000003 ${SHA256.slice(0, 40)}`,
    outcome: 'served-unsynchronised',
    golden: `e4 ${UNSYNCHRONISED} 00000003 4e5d42d202cb056b0e84efc013712b4f5856c227`,
    synchronised: false,
  },
  {
    name: 'deny, AES128',
    packet: `23 ${REQUEST} 00000005 ${AES128}`,
    outcome: 'kiss-deny',
    golden: `e4 ${DENY} 00000005 45bbab8de4812918e3473883f2948c1f`,
    rules: [{ action: 'deny' }],
  },
  {
    name: 'deny, with a wrong MAC',
    packet: `23 ${REQUEST} 00000005 ${SHA1.slice(0, 32)}`,
    outcome: 'denied',
    rules: [{ action: 'deny' }],
  },
  {
    name: 'a key is required, and there',
    packet: `23 ${REQUEST} 00000005 ${AES128}`,
    outcome: 'served',
    golden: `24 ${TIME} 00000005 76311841b85499ac286d7ae10ca20d16`,
    rules: [{ requireKey: 5 }],
  },
  {
    name: 'another key is required',
    packet: `23 ${REQUEST} 00000002 ${SHA1}`,
    outcome: 'key-required',
    rules: [{ requireKey: 5 }],
  },
  {
    name: 'the first bit of the digest is wrong',
    packet: `23 ${REQUEST} 00000002 9${SHA1.slice(1)}`,
    outcome: 'bad-mac',
  },
  {
    name: 'the last bit of the digest is wrong',
    packet: `23 ${REQUEST} 00000002 ${SHA1.slice(0, -1)}9`,
    outcome: 'bad-mac',
  },
  {
    name: 'a digest that ends too soon',
    packet: `23 ${REQUEST} 00000002 ${SHA1.slice(0, 32)}`,
    outcome: 'bad-mac',
  },
  { name: 'a key that is not known', packet: `23 ${REQUEST} 00000009 ${SHA1}`, outcome: 'unknown-key' },
  {
    name: 'a key that this source may not use',
    packet: `23 ${REQUEST} 00000006 ${SHA1}`,
    outcome: 'key-not-allowed',
  },
];

export const signedRows: readonly SignedRow[] = [...version4, ...version3, ...states];
