/** Secrets for tests, in the format of chrony.keys. */
export const KEY_TYPES = ['MD5', 'SHA1', 'SHA256', 'SHA512', 'AES128'] as const;
export type TestKeyType = (typeof KEY_TYPES)[number];

/** A key's number: its place in the list, from 1. */
export function keyId(type: TestKeyType): number {
  return KEY_TYPES.indexOf(type) + 1;
}

/** 32 hexadecimal digits: an AES-128 key has that many. Another `salt`, another secret. */
export function secret(type: TestKeyType, salt = 0): string {
  return Array.from({ length: 16 }, (_, i) => (37 * i + 11 * keyId(type) + 101 * salt) & 0xff)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

export function chronyKeys(types: readonly TestKeyType[] = KEY_TYPES, salt = 0): string {
  return types.map((type) => `${keyId(type)} ${type} HEX:${secret(type, salt)}\n`).join('');
}

/**
 * In the format of NTPsec's ntp.keys, the names of the algorithms being those of OpenSSL; more than 20 characters
 * are hexadecimal.
 */
export function ntpKeys(types: readonly TestKeyType[] = KEY_TYPES): string {
  const name = (type: TestKeyType) => (type === 'AES128' ? 'AES-128' : type);
  return types.map((type) => `${keyId(type)} ${name(type)} ${secret(type)}\n`).join('');
}
