/** Keys of every type, and their MACs worked out in the plainest way. */
import { createHash } from 'node:crypto';
import { digestAvailable } from '../../../src/access/keys/digests.ts';
import type { KeyType } from '../../../src/access/keys/key-type.ts';
import type { KeyData } from '../../../src/access/keys/keyring.ts';
import { type Prefix, parsePrefix } from '../../../src/access/prefix.ts';
import { referenceCmac } from '../../access/keys/reference-cmac.ts';

/** The identifier that some sources must use. */
export const REQUIRED_KEY = 3;
/** May only be used from 192.0.2.0/24. */
export const BOUND_KEY = 6;
/** Whole MACs of up to 68 bytes fit into version 3, 20 bytes of digest into version 4. */
const CUT_DIGEST_BYTES = 20;

const TYPES: readonly (readonly [id: number, type: KeyType])[] = [
  [1, 'MD5'],
  [2, 'SHA1'],
  [REQUIRED_KEY, 'SHA256'],
  [4, 'SHA512'],
  [5, 'AES128'],
  [BOUND_KEY, 'SHA1'],
  [0xffff_ffff, 'AES128'],
];

export const KEYS: readonly KeyData[] = TYPES.filter(([, type]) => digestAvailable(type)).map(
  ([id, type]) => ({
    id,
    type,
    secret: new Uint8Array(Buffer.from(`secret no. ${id}`.padEnd(16, '.').slice(0, 16))),
    from: id === BOUND_KEY ? [parsePrefix('192.0.2.0/24') as Prefix] : [],
  }),
);

function digest({ type, secret }: KeyData, message: Uint8Array): Uint8Array {
  if (type === 'AES128') return referenceCmac(secret, message);
  return createHash(type.toLowerCase()).update(secret).update(message).digest();
}

/** Identifier and digest; `cut`: the digest has 20 bytes at most. */
export function macOf(key: KeyData, message: Uint8Array, cut: boolean): Uint8Array {
  const whole = digest(key, message);
  const mac = Buffer.alloc(4 + (cut ? Math.min(whole.length, CUT_DIGEST_BYTES) : whole.length));
  mac.writeUInt32BE(key.id);
  mac.set(whole.subarray(0, mac.length - 4), 4);
  return mac;
}

/** The key whose MAC the last `macLength` bytes are; undefined: of none. */
export function keyThatSigned(packet: Uint8Array, macLength: number): KeyData | undefined {
  const at = packet.length - macLength;
  if (at < 48 || macLength < 20) return undefined;
  const mac = Buffer.from(packet.subarray(at));
  const key = KEYS.find(({ id }) => id === mac.readUInt32BE());
  if (!key) return undefined;
  const message = packet.subarray(0, at);
  return [true, false].some((cut) => mac.equals(macOf(key, message, cut))) ? key : undefined;
}

/**
 * Whether a packet that is no more than its header and sound extension fields: whoever gets an answer without a MAC
 * must have sent no more. RFC 7822 §7.5: fields have 16 bytes or more, the last 28; RFC 8915: 0x0404 authenticates. No
 * field has type 0, but a MAC longer than version 4 has them may begin so.
 */
export function claimsNothing(packet: Uint8Array, version: number): boolean {
  if (packet.length === 48) return true;
  if (version < 4) return false;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let at = 48;
  let last = 28;
  while (at + 4 <= packet.length) {
    const type = view.getUint16(at);
    last = view.getUint16(at + 2);
    if (last < 16 || last % 4 !== 0 || type === 0 || type === 0x0404) return false;
    at += last;
  }
  return at === packet.length && last >= 28;
}
