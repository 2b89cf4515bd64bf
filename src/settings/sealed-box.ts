/** Data under a passphrase: scrypt (RFC 7914) and AES-256-GCM. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

/** Names the format with all its parameters. */
const HEAD = Buffer.from('TIMEBALL-BACKUP-1\n');
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** 32 MiB and three passes: what OWASP recommends, in as little memory as it allows. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

export async function seal(data: Uint8Array, passphrase: string): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce);
  cipher.setAAD(HEAD);
  return Buffer.concat([HEAD, salt, nonce, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

/** `error`: what is wrong, one line. */
export async function unseal(
  sealed: Uint8Array,
  passphrase: string,
): Promise<{ readonly data: Buffer } | { readonly error: string; readonly field: 'backup' | 'passphrase' }> {
  const box = Buffer.from(sealed);
  const least = HEAD.length + SALT_BYTES + NONCE_BYTES + TAG_BYTES;
  if (box.length < least || !box.subarray(0, HEAD.length).equals(HEAD))
    return { error: 'is not a backup of Timeball: choose the file that it gave you', field: 'backup' };
  const nonceAt = HEAD.length + SALT_BYTES;
  const dataAt = nonceAt + NONCE_BYTES;
  const salt = box.subarray(HEAD.length, nonceAt);
  const nonce = box.subarray(nonceAt, dataAt);
  const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce);
  decipher.setAAD(HEAD);
  decipher.setAuthTag(box.subarray(-TAG_BYTES));
  try {
    return { data: Buffer.concat([decipher.update(box.subarray(dataAt, -TAG_BYTES)), decipher.final()]) };
  } catch {
    return { error: 'does not open this backup: correct it (or the file is damaged)', field: 'passphrase' };
  }
}
