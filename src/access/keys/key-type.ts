/** The algorithms that authenticate by a shared secret, under the names that the key files of the field use. */

/**
 * `AES128` is AES-128-CMAC (RFC 8573, RFC 4493). The others are the digest of the secret followed by the message
 * (RFC 5905 §7.3), as ntpd, NTPsec and chronyd compute it.
 */
export type KeyType = 'MD5' | 'SHA1' | 'SHA256' | 'SHA512' | 'AES128';

/** Bytes of a secret where the algorithm takes only that many; the digests take any. */
export const AES128_SECRET_BYTES = 16;

/** Without case, `-`, `_` and `/`, in which the writers of key files differ. */
const NAMES: ReadonlyMap<string, KeyType> = new Map([
  ['M', 'MD5'],
  ['MD5', 'MD5'],
  ['SHA', 'SHA1'],
  ['SHA1', 'SHA1'],
  ['SHA256', 'SHA256'],
  ['SHA2256', 'SHA256'],
  ['SHA512', 'SHA512'],
  ['SHA2512', 'SHA512'],
  ['AES', 'AES128'],
  ['AES128', 'AES128'],
  ['AES128CMAC', 'AES128'],
  ['AESCMAC', 'AES128'],
]);

/** What others may have in their files and this server does not compute. */
const OTHERS = new Set(
  (
    'MD4 MDC2 RIPEMD160 RMD160 SHA224 SHA384 SHA512224 SHA512256 SHA3224 SHA3256 SHA3384 SHA3512 SM3 TIGER ' +
    'WHIRLPOOL BLAKE2B512 BLAKE2S256 AES192 AES256 AES192CMAC AES256CMAC CAMELLIA128 CAMELLIA192 CAMELLIA256'
  ).split(' '),
);

function plain(name: string): string {
  return name.toUpperCase().replace(/[-_/]/g, '');
}

/** Undefined where the name is of no algorithm that this server computes. */
export function keyTypeOf(name: string): KeyType | undefined {
  return NAMES.get(plain(name));
}

/** Whether it names an algorithm that this server lacks. Anything else in its place may be a part of a secret. */
export function isOtherType(name: string): boolean {
  return OTHERS.has(plain(name));
}
