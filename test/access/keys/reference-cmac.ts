/** AES-CMAC by the letter of NIST SP 800-38B §6.2, with big integers and one block at a time: a second opinion. */
import { createCipheriv } from 'node:crypto';

const MASK = (1n << 128n) - 1n;

export function referenceCmac(secret: Uint8Array, message: Uint8Array): Uint8Array {
  const encrypt = (block: bigint): bigint => {
    const cipher = createCipheriv('aes-128-ecb', secret, null).setAutoPadding(false);
    return toNumber(cipher.update(toBytes(block)));
  };
  const double = (x: bigint): bigint => ((x << 1n) & MASK) ^ (x >> 127n === 1n ? 0x87n : 0n);
  const k1 = double(encrypt(0n));
  const count = Math.max(1, Math.ceil(message.length / 16));
  let state = 0n;
  for (let i = 0; i < count; i++) {
    const part = message.subarray(i * 16, i * 16 + 16);
    const whole = part.length === 16;
    const block = toNumber(whole ? part : Uint8Array.of(...part, 0x80, ...new Uint8Array(15 - part.length)));
    const subkey = i < count - 1 ? 0n : whole ? k1 : double(k1);
    state = encrypt(state ^ block ^ subkey);
  }
  return toBytes(state);
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function toBytes(x: bigint): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, i) => Number((x >> BigInt(8 * (15 - i))) & 0xffn));
}
