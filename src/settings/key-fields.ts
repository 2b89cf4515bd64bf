/** A key as it is sent: its fields checked, a secret made where none is given. */
import { randomBytes } from 'node:crypto';
import { parseSecret } from '../access/keys/key-secret.ts';
import type { KeyType } from '../access/keys/key-type.ts';
import type { KeyData } from '../access/keys/keyring.ts';
import { type Prefix, parsePrefix } from '../config/prefix-text.ts';
import { type Refusal, refusal } from './refusal.ts';

export interface SentKey {
  readonly type?: KeyType;
  /** Hex digits, or text after `ASCII:`. */
  readonly secret?: string;
  readonly from?: readonly string[];
}

/** Bytes; NTPsec cuts secrets at 32. */
const MADE_BYTES: Readonly<Record<KeyType, number>> = {
  MD5: 20,
  SHA1: 20,
  SHA256: 32,
  SHA512: 32,
  AES128: 16,
};

export function makeSecret(type: KeyType): Uint8Array {
  return new Uint8Array(randomBytes(MADE_BYTES[type]));
}

/** The key with what was sent in place of what it had. No message shows a part of a secret. */
export function keyWith(old: KeyData, sent: SentKey): KeyData | Refusal {
  const type = sent.type ?? old.type;
  const from = sent.from === undefined ? old.from : prefixesOf(sent.from);
  if ('refused' in from) return from;
  const word = sent.secret ?? `HEX:${Buffer.from(old.secret).toString('hex')}`;
  const secret = parseSecret(/^(ASCII|HEX):/.test(word) ? word : `HEX:${word}`, type);
  if ('error' in secret) {
    // The same secret may be too short for another type.
    const field = sent.secret === undefined ? 'type' : 'secret';
    return refusal('invalid', `${field}: ${secret.error}`, [{ field, message: secret.error }]);
  }
  return { id: old.id, type, secret: secret.bytes, from };
}

function prefixesOf(texts: readonly string[]): readonly Prefix[] | Refusal {
  const prefixes: Prefix[] = [];
  for (const [i, text] of texts.entries()) {
    const prefix = parsePrefix(text);
    if ('error' in prefix)
      return refusal('invalid', `from[${i}]: ${prefix.error}`, [
        { field: `from[${i}]`, message: prefix.error },
      ]);
    prefixes.push(prefix);
  }
  return prefixes;
}
