/**
 * minisign's public keys and signatures: Ed25519 over the BLAKE2b-512 hash of the message ("ED"), and a second signature
 * over the first and the trusted comment.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

export interface PublicKey {
  /** As minisign shows it: up to 16 hexadecimal digits. */
  readonly id: string;
  readonly key: KeyObject;
}

export interface Signed {
  readonly keyId: string;
  readonly trustedComment: string;
}

/** "Ed": of keys, and of signatures over the message itself, which are not accepted. */
export const KEY_ALGORITHM = Buffer.from('Ed');
/** Of signatures over the message's hash. */
export const SIGNATURE_ALGORITHM = Buffer.from('ED');
const KEY_BYTES = 2 + 8 + 32;
const SIGNATURE_BYTES = 2 + 8 + 64;
/** DER around the 32 bytes of an Ed25519 public key, RFC 8410 §4. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const TRUSTED = 'trusted comment: ';

/** The key in a minisign `.pub` file; undefined: it is none. */
export function parsePublicKey(text: string): PublicKey | undefined {
  const bytes = base64(lines(text)[1], KEY_BYTES);
  if (!bytes?.subarray(0, 2).equals(KEY_ALGORITHM)) return undefined;
  return { id: keyId(bytes.subarray(2, 10)), key: publicKey(bytes.subarray(10)) };
}

export function publicKey(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

/** The 8 bytes are a little-endian number, shown without leading zeros. */
export function keyId(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString('hex').toUpperCase().replace(/^0+/, '');
}

/** What is signed in place of the message. */
export function messageHash(message: Uint8Array): Buffer {
  return createHash('blake2b512').update(message).digest();
}

/** Who signed, or a line why the signature is not good. Any one of the keys is enough. */
export function checkSignature(
  message: Uint8Array,
  text: string,
  keys: readonly PublicKey[],
): Signed | string {
  const [, first, comment = '', second] = lines(text);
  const head = base64(first, SIGNATURE_BYTES);
  const whole = base64(second, 64);
  if (!head || !whole || !comment.startsWith(TRUSTED)) return 'its signature is none of minisign';
  if (!head.subarray(0, 2).equals(SIGNATURE_ALGORITHM)) return 'its signature is of a kind that is not used';
  const id = keyId(head.subarray(2, 10));
  const signer = keys.find((key) => key.id === id);
  if (!signer) return `it is signed by key ${id}, which is not trusted here`;
  const signature = head.subarray(10);
  const trustedComment = comment.slice(TRUSTED.length);
  const good =
    verify(null, messageHash(message), signer.key, signature) &&
    verify(null, Buffer.concat([signature, Buffer.from(trustedComment)]), signer.key, whole);
  return good ? { keyId: id, trustedComment } : `its signature by key ${id} is wrong: it was changed`;
}

function lines(text: string): string[] {
  return text.split('\n', 5).map((line) => line.replace(/\r$/, ''));
}

/** Undefined unless it is base64 of just so many bytes. */
export function base64(text: string | undefined, length: number): Buffer | undefined {
  const bytes = Buffer.from(text ?? '', 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
}
