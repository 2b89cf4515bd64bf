/** Symmetric keys of every type, in one file that chronyd and we read alike, and requests signed with them. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { type KeyData, Keyring } from '../../src/access/keys/keyring.ts';

/** What follows a header of version 4: key ID and digest, of at most 20 bytes. */
const MAC_BYTES = { MD5: 20, SHA1: 24, SHA256: 24, SHA512: 24, AES128: 20 } as const;
export type BenchKeyType = keyof typeof MAC_BYTES;
export const KEY_TYPES = Object.keys(MAC_BYTES) as BenchKeyType[];

const HEADER_BYTES = 48;
const SECRET_BYTES = { MD5: 16, SHA1: 20, SHA256: 32, SHA512: 64, AES128: 16 } as const;

/** Writes the file; returns a signed request of each type, hex. */
export function writeBenchKeys(path: string): Readonly<Record<BenchKeyType, string>> {
  const keys = KEY_TYPES.map(
    (type, index): KeyData => ({ id: index + 1, type, secret: randomBytes(SECRET_BYTES[type]), from: [] }),
  );
  const lines = keys.map(
    ({ id, type, secret }) => `${id} ${type} HEX:${Buffer.from(secret).toString('hex')}\n`,
  );
  writeFileSync(path, lines.join(''), { mode: 0o600 });
  const ring = new Keyring(keys);
  const requests = keys.map(({ type }, index) => [
    type,
    signed(ring, index, MAC_BYTES[type as BenchKeyType]),
  ]);
  return Object.fromEntries(requests) as Record<BenchKeyType, string>;
}

function signed(ring: Keyring, index: number, macLength: number): string {
  const bytes = new Uint8Array(HEADER_BYTES + macLength);
  bytes[0] = 0x23; // version 4, mode 3
  bytes.set(randomBytes(8), 40); // transmit stamp
  ring.sign(index, bytes, 0, HEADER_BYTES, HEADER_BYTES, macLength);
  return Buffer.from(bytes).toString('hex');
}
