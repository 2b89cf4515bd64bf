/** Requests as clients send them, of all kinds, and what such a client expects. */
import { type Dice, joined } from '../dice.ts';
import { BOUND_KEY, KEYS, macOf } from './macs.ts';
import type { Source } from './sources.ts';

/** `plain`: no MAC. `signed`: a right one. `bad`: must not be answered with time. `any`: who knows. */
export type Claim = 'plain' | 'signed' | 'bad' | 'control' | 'any';

export interface Request {
  readonly bytes: Uint8Array;
  readonly claim: Claim;
  /** Identifier of the key where it is signed. */
  readonly keyId: number;
}

/** Receive and transmit stamp of the last answer, 8 bytes each. */
export interface LastAnswer {
  readonly receive: Uint8Array;
  readonly transmit: Uint8Array;
}

const NTS_AUTHENTICATOR = 0x0404;
const LONGEST_NOISE = 700;

export function anyRequest(dice: Dice, source: Source, last: LastAnswer | undefined): Request {
  const roll = dice.below(20);
  if (roll === 0) return unsure(dice.bytes(dice.below(LONGEST_NOISE)));
  if (roll === 1) return { bytes: controlQuery(dice), claim: 'control', keyId: 0 };
  const sound = timeRequest(dice, source, last);
  return roll < 9 ? unsure(dice.mutated(sound.bytes)) : sound;
}

function unsure(bytes: Uint8Array): Request {
  return { bytes, claim: 'any', keyId: 0 };
}

function timeRequest(dice: Dice, source: Source, last: LastAnswer | undefined): Request {
  const version = dice.pick([1, 2, 3, 4, 4, 4]);
  const header = headerOf(dice, version, source.port, last);
  if (dice.oneIn(12)) return silent(dice, header, version);
  const signed = dice.below(3) === 0;
  const fields = version === 4 && dice.oneIn(3) ? fieldsOf(dice, signed) : new Uint8Array(0);
  const message = joined(header, fields);
  return signed ? sign(dice, message, version, source) : { bytes: message, claim: 'plain', keyId: 0 };
}

function headerOf(dice: Dice, version: number, port: number, last: LastAnswer | undefined): Uint8Array {
  const header = dice.oneIn(4) ? dice.bytes(48) : new Uint8Array(48);
  const mode = version === 1 && port !== 123 && dice.oneIn(2) ? 0 : dice.pick([3, 3, 3, 1]);
  header[0] = (dice.below(4) << 6) | (version << 3) | mode;
  header[2] = dice.pick([0, 6, 10, 128, 255]);
  if (!dice.oneIn(10)) header.set(dice.bytes(8), 40);
  if (!last || dice.oneIn(4)) return header;
  // RFC 9769: the origin is the transmit stamp of the last answer (basic) or its receive stamp (interleaved).
  header.set(dice.oneIn(3) ? last.transmit : last.receive, 24);
  header.set(dice.oneIn(8) ? header.subarray(40, 48) : dice.bytes(8), 32);
  return header;
}

/** What must stay without an answer. */
function silent(dice: Dice, header: Uint8Array, version: number): Request {
  const bad = (bytes: Uint8Array): Request => ({ bytes, claim: 'bad', keyId: 0 });
  switch (dice.below(5)) {
    case 0:
      header[0] = ((header[0] as number) & ~7) | dice.pick([2, 4, 5, 7]);
      return bad(header);
    case 1:
      header[0] = ((header[0] as number) & 0xc7) | (dice.pick([0, 5, 6, 7]) << 3);
      return bad(header);
    case 2:
      return bad(joined(header, new Uint8Array(4)));
    case 3:
      return bad(joined(header.fill(0x20 | 3, 0, 1), field(dice, NTS_AUTHENTICATOR, 40)));
    default: {
      const mac = dice.bytes(version < 4 ? dice.pick([20, 24, 36, 68]) : dice.pick([20, 24]));
      // An identifier that no key has.
      mac[0] = 0x7f;
      return bad(joined(header, mac));
    }
  }
}

function sign(dice: Dice, message: Uint8Array, version: number, source: Source): Request {
  const key = dice.pick(KEYS);
  const mac = macOf(key, message, version === 4 || dice.oneIn(2));
  const bytes = joined(message, mac);
  const mayUse =
    key.id !== BOUND_KEY || Buffer.from(source.address.subarray(10, 15)).toString('hex') === 'ffffc00002';
  if (dice.oneIn(5)) {
    const at = bytes.length - 1 - dice.below(mac.length - 4);
    bytes[at] = (bytes[at] as number) ^ (1 << dice.below(8));
    return { bytes, claim: 'bad', keyId: 0 };
  }
  return { bytes, claim: mayUse ? 'signed' : 'bad', keyId: key.id };
}

/** One to three; the last one is long enough not to be taken for a MAC. */
function fieldsOf(dice: Dice, signed: boolean): Uint8Array {
  const fields = Array.from({ length: 1 + dice.below(3) }, (_, i) => {
    const least = i === 0 && !signed ? 28 : 16;
    const type = dice.pick([0x0104, 0x0204, 0x2002, 0xf323, 0xf5ff]);
    return field(dice, type, least + 4 * dice.below(20));
  });
  return joined(...fields.reverse());
}

function field(dice: Dice, type: number, length: number): Uint8Array {
  const bytes = dice.oneIn(2) ? dice.bytes(length) : new Uint8Array(length);
  bytes[0] = type >> 8;
  bytes[1] = type & 0xff;
  bytes[2] = length >> 8;
  bytes[3] = length & 0xff;
  return bytes;
}

function controlQuery(dice: Dice): Uint8Array {
  const bytes = new Uint8Array(12 + 4 * dice.below(3));
  bytes[0] = (dice.pick([1, 2, 3, 4]) << 3) | 6;
  bytes[1] = dice.pick([1, 2, 2, dice.below(256)]);
  bytes[3] = dice.below(256);
  bytes[7] = dice.below(3);
  return bytes;
}
