/** The secret of a key as ntp.keys and chrony.keys write it. */
import { AES128_SECRET_BYTES, type KeyType } from './key-type.ts';

/** The longest that `chronyc keygen` makes; NTPsec cuts at 32 bytes. */
export const LONGEST_SECRET_BYTES = 512;

/** ntpd reads a longer one as hex. */
const LONGEST_PLAIN_TEXT = 20;
const TEXT_PREFIX = 'ASCII:';
const HEX_PREFIX = 'HEX:';

export interface Secret {
  readonly bytes: Uint8Array;
  /** `prefix`: the file says by chrony's prefix what it is; `hex`: ntpd reads hex here, chronyd text; else `text`. */
  readonly written: 'prefix' | 'hex' | 'text';
}

/** `error` says what is wrong and what to do, but never shows a part of the secret. */
export function parseSecret(word: string, type: KeyType): Secret | { readonly error: string } {
  const secret = decode(word);
  if ('error' in secret) return secret;
  const { length } = secret.bytes;
  if (length === 0) return { error: 'its secret is empty: write one, e.g. by `chronyc keygen`' };
  if (length > LONGEST_SECRET_BYTES)
    return { error: `its secret has ${length} bytes: use at most ${LONGEST_SECRET_BYTES}` };
  if (type === 'AES128' && length !== AES128_SECRET_BYTES)
    return { error: `its secret has ${length} bytes, AES128 takes 16: write 32 hex digits or 16 characters` };
  return secret;
}

function decode(word: string): Secret | { readonly error: string } {
  if (!/^[\x21-\x7e]*$/.test(word))
    return { error: 'its secret has other characters than printable ASCII: write it as HEX:...' };
  if (word.includes('#'))
    return {
      error:
        "its secret has a '#', where ntpd sees a comment: write it as HEX:..., or put a space before the '#'",
    };
  if (word.startsWith(TEXT_PREFIX))
    return { bytes: textBytes(word.slice(TEXT_PREFIX.length)), written: 'prefix' };
  if (word.startsWith(HEX_PREFIX)) return decodeHex(word.slice(HEX_PREFIX.length), 'prefix');
  // Longer words that are not hex ntpd refuses and chronyd takes as text, so there is but one way to read them.
  const hex = word.length > LONGEST_PLAIN_TEXT && isHex(word);
  return hex ? decodeHex(word, 'hex') : { bytes: textBytes(word), written: 'text' };
}

function decodeHex(digits: string, written: Secret['written']): Secret | { readonly error: string } {
  if (!isHex(digits))
    return {
      error: 'its secret has other characters than hex digits after HEX:, correct it or write ASCII:...',
    };
  if (digits.length % 2 !== 0)
    return {
      error: 'its secret has an odd number of hex digits: correct it, or write ASCII:... if it is text',
    };
  return { bytes: new Uint8Array(Buffer.from(digits, 'hex')), written };
}

function isHex(text: string): boolean {
  return /^[0-9a-fA-F]*$/.test(text);
}

/** Memory of its own: a small Buffer is a part of a shared pool, all of which a post to a thread would copy. */
function textBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
