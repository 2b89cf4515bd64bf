/** The key that signs update bundles, and its signatures: in minisign's formats, so that everyone can check them. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  base64,
  KEY_ALGORITHM,
  keyId,
  messageHash,
  parsePublicKey,
  SIGNATURE_ALGORITHM,
} from '../../src/update/minisign.ts';

export interface SigningKey {
  /** As minisign shows it. */
  readonly id: string;
  readonly rawId: Buffer;
  readonly secret: KeyObject;
  /** A minisign `.pub` file. */
  readonly publicFile: string;
}

/** Of a secret key: algorithm, key derivation, checksum kind, salt, its two limits; then id, seed, public key, checksum. */
const SECRET = { bytes: 158, id: 54, seed: 62, public: 94, checksum: 126 } as const;
/** DER around the 32 bytes of an Ed25519 seed, RFC 8410 §7. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PLAIN_HEAD = Buffer.from([0x45, 0x64, 0, 0, 0x42, 0x32]);

/**
 * The key at `path`, as `minisign -G -W` makes it; without a path one that is made once in `folder`: good for a board of
 * one's own, since whoever has this folder can sign for it.
 * @throws Error where it is no such key.
 */
export function signingKey(path: string | undefined, folder: string): SigningKey {
  if (path) return readSigningKey(readFileSync(path, 'utf8'), path);
  const development = join(folder, 'development.key');
  if (!existsSync(development)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(development, makeSecretFile(), { mode: 0o600 });
  }
  return readSigningKey(readFileSync(development, 'utf8'), development);
}

/** @throws Error where it is no unencrypted secret key of minisign. */
export function readSigningKey(text: string, where: string): SigningKey {
  const bytes = base64(text.split('\n')[1]?.trim(), SECRET.bytes);
  if (!bytes?.subarray(0, 2).equals(KEY_ALGORITHM)) throw new Error(`${where} is no secret key of minisign`);
  if (!bytes.subarray(0, PLAIN_HEAD.length).equals(PLAIN_HEAD))
    throw new Error(`${where} is encrypted: decrypt it for the build, or make one by minisign -G -W`);
  const rawId = bytes.subarray(SECRET.id, SECRET.seed);
  const raw = bytes.subarray(SECRET.public, SECRET.checksum);
  const der = Buffer.concat([PKCS8, bytes.subarray(SECRET.seed, SECRET.public)]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  // A key whose halves don't belong together would sign what no board accepts.
  if (createPublicKey(secret).export({ format: 'jwk' }).x !== raw.toString('base64url'))
    throw new Error(`${where} is damaged: its halves do not belong together`);
  const id = keyId(rawId);
  const encoded = Buffer.concat([KEY_ALGORITHM, rawId, raw]).toString('base64');
  return { id, rawId, secret, publicFile: `untrusted comment: minisign public key ${id}\n${encoded}\n` };
}

/** A minisign signature file over the message. Equal input gives equal bytes. */
export function signMessage(message: Uint8Array, trustedComment: string, key: SigningKey): string {
  const signature = sign(null, messageHash(message), key.secret);
  const whole = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), key.secret);
  const head = Buffer.concat([SIGNATURE_ALGORITHM, key.rawId, signature]).toString('base64');
  return [
    'untrusted comment: signature of a Timeball update',
    head,
    `trusted comment: ${trustedComment}`,
    `${whole.toString('base64')}\n`,
  ].join('\n');
}

/** The keys that the image trusts: those of the project and the one that signs this build. */
export function installKeys(key: SigningKey, from: string, into: string): void {
  mkdirSync(into, { recursive: true });
  const names = existsSync(from) ? readdirSync(from).filter((name) => name.endsWith('.pub')) : [];
  for (const name of names.sort()) {
    const text = readFileSync(join(from, name), 'utf8');
    const known = parsePublicKey(text);
    if (!known) throw new Error(`${join(from, name)} is no public key of minisign`);
    if (known.id !== key.id) writeFileSync(join(into, name), text);
  }
  writeFileSync(join(into, `${key.id}.pub`), key.publicFile);
}

function makeSecretFile(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const bytes = Buffer.alloc(SECRET.bytes);
  PLAIN_HEAD.copy(bytes);
  randomBytes(8).copy(bytes, SECRET.id);
  Buffer.from(d, 'base64url').copy(bytes, SECRET.seed);
  Buffer.from(x, 'base64url').copy(bytes, SECRET.public);
  return `untrusted comment: minisign secret key, not encrypted\n${bytes.toString('base64')}\n`;
}
