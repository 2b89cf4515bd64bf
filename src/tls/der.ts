/** Just enough of ASN.1's distinguished encoding rules (ITU-T X.690) to write a certificate. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** X.690 §8.1.3: short form below 128, else the number of length bytes first. */
function encode(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = unsignedBytes(BigInt(length));
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content]);
}

function unsignedBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(TAG.sequence, Buffer.concat(parts));
}

/** Of one element: more would have to be sorted. */
export function setOf(part: Uint8Array): Buffer {
  return encode(TAG.set, part);
}

/** Not negative. */
export function integer(value: bigint): Buffer {
  const bytes = unsignedBytes(value);
  // A first bit of 1 would make it negative.
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
  return encode(TAG.integer, negative ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** True; false is a default everywhere here, which DER leaves out. */
export function yes(): Buffer {
  return encode(TAG.boolean, Buffer.from([0xff]));
}

/** `unused`: bits at the end of the last byte that don't count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return encode(TAG.bitString, Buffer.concat([Buffer.from([unused]), bytes]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return encode(TAG.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return encode(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** `1.2.840.10045.4.3.2` → X.690 §8.19. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(TAG.objectIdentifier, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

/** Whole seconds; RFC 5280 §4.1.2.5: two digits of the year through 2049, four from then on. */
export function time(at: Date): Buffer {
  const text = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  const short = at.getUTCFullYear() >= 1950 && at.getUTCFullYear() < 2050;
  return short
    ? encode(TAG.utcTime, Buffer.from(text.slice(2)))
    : encode(TAG.generalizedTime, Buffer.from(text));
}

/** `[number]` around whole elements. */
export function explicit(number: number, content: Uint8Array): Buffer {
  return encode(0xa0 | number, content);
}

/** `[number]` in place of the tag of a primitive element. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return encode(0x80 | number, content);
}
