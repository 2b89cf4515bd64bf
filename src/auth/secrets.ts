/** Secrets that the appliance makes itself, and how they are compared. */
import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** Bytes: 256 bits can't be guessed, so that a plain hash of them is enough to keep. */
const SECRET_BYTES = 32;
/** Without the look-alikes 0 O, 1 I L, 2 Z, 5 S and 8 B, and without vowels that would spell words. */
const CODE_ALPHABET = 'CDFGHJKMNPQRTVWXY34679';
const CODE_LENGTH = 8;

export const TOKEN_PREFIX = 'tb_';

/** For sessions; 43 characters of base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** For API tokens: the prefix lets people and secret scanners tell what it is. */
export function newToken(): string {
  return `${TOKEN_PREFIX}${newSecret()}`;
}

/** SHA-256 as 64 hex digits; only for secrets of full strength, never for passwords. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** What a page must send along with a session, so that other sites can't use the session's cookie. */
export function csrfOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('timeball csrf').digest('base64url');
}

/** Takes equally long wherever they differ. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}

/** Eight characters in two groups, `ABCD-EFGH`: 35 bits, enough behind the login limiter. */
export function newClaimCode(): string {
  const letters = Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]);
  return `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}`;
}

/** As people type it: hyphens, spaces and case don't matter. */
export function plainClaimCode(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase();
}
