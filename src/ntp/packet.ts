/**
 * The NTP header, RFC 5905 §7.3: 48 bytes, big-endian.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |LI | VN  |Mode |    Stratum    |     Poll      |  Precision    |   0
 *     |                          Root delay                           |   4
 *     |                       Root dispersion                         |   8
 *     |                         Reference ID                          |  12
 *     |                   Reference timestamp (64)                    |  16
 *     |                    Origin timestamp (64)                      |  24
 *     |                    Receive timestamp (64)                     |  32
 *     |                   Transmit timestamp (64)                     |  40
 */
import type { NtpTimestamp } from '../time/ntp-timestamp.ts';

export const HEADER_BYTES = 48;

/** Byte offsets of the fields. */
export const FIELD = {
  leapVersionMode: 0,
  stratum: 1,
  poll: 2,
  precision: 3,
  rootDelay: 4,
  rootDispersion: 8,
  refid: 12,
  reference: 16,
  origin: 24,
  receive: 32,
  transmit: 40,
} as const;

/** Association modes, RFC 5905 §7.3 figure 10. */
export const MODE = {
  reserved: 0,
  symmetricActive: 1,
  symmetricPassive: 2,
  client: 3,
  server: 4,
  broadcast: 5,
  control: 6,
  private: 7,
} as const;

export interface NtpHeader {
  /** 0–3. */
  readonly leap: number;
  /** 0–7; 1 to 4 are in use. */
  readonly version: number;
  /** 0–7. */
  readonly mode: number;
  /** As on the wire: 0 is unspecified, not 16. */
  readonly stratum: number;
  /** log2 seconds, −128–127. */
  readonly poll: number;
  /** log2 seconds, −128–127. */
  readonly precision: number;
  /** Short format: seconds · 2¹⁶, unsigned. */
  readonly rootDelay: number;
  /** Short format: seconds · 2¹⁶, unsigned. */
  readonly rootDispersion: number;
  /** Unsigned 32 bits; ASCII for stratum 0 and 1. */
  readonly refid: number;
  readonly reference: NtpTimestamp;
  readonly origin: NtpTimestamp;
  readonly receive: NtpTimestamp;
  readonly transmit: NtpTimestamp;
}

/** The first byte of a header. */
export function leapVersionMode(leap: number, version: number, mode: number): number {
  return ((leap & 3) << 6) | ((version & 7) << 3) | (mode & 7);
}

export function versionOf(leapVersionMode: number): number {
  return (leapVersionMode >> 3) & 7;
}

export function modeOf(leapVersionMode: number): number {
  return leapVersionMode & 7;
}

/** Reads the 48 bytes at `at`. The view must hold them. */
export function decodeHeader(view: DataView, at = 0): NtpHeader {
  const first = view.getUint8(at);
  return {
    leap: first >> 6,
    version: versionOf(first),
    mode: modeOf(first),
    stratum: view.getUint8(at + FIELD.stratum),
    poll: view.getInt8(at + FIELD.poll),
    precision: view.getInt8(at + FIELD.precision),
    rootDelay: view.getUint32(at + FIELD.rootDelay),
    rootDispersion: view.getUint32(at + FIELD.rootDispersion),
    refid: view.getUint32(at + FIELD.refid),
    reference: decodeTimestamp(view, at + FIELD.reference),
    origin: decodeTimestamp(view, at + FIELD.origin),
    receive: decodeTimestamp(view, at + FIELD.receive),
    transmit: decodeTimestamp(view, at + FIELD.transmit),
  };
}

/** Writes the 48 bytes at `at`; values are cut to their field's width. */
export function encodeHeader(view: DataView, at: number, header: NtpHeader): void {
  view.setUint8(at, leapVersionMode(header.leap, header.version, header.mode));
  view.setUint8(at + FIELD.stratum, header.stratum);
  view.setInt8(at + FIELD.poll, header.poll);
  view.setInt8(at + FIELD.precision, header.precision);
  view.setUint32(at + FIELD.rootDelay, header.rootDelay);
  view.setUint32(at + FIELD.rootDispersion, header.rootDispersion);
  view.setUint32(at + FIELD.refid, header.refid);
  encodeTimestamp(view, at + FIELD.reference, header.reference.seconds, header.reference.fraction);
  encodeTimestamp(view, at + FIELD.origin, header.origin.seconds, header.origin.fraction);
  encodeTimestamp(view, at + FIELD.receive, header.receive.seconds, header.receive.fraction);
  encodeTimestamp(view, at + FIELD.transmit, header.transmit.seconds, header.transmit.fraction);
}

function decodeTimestamp(view: DataView, at: number): NtpTimestamp {
  return { seconds: view.getUint32(at), fraction: view.getUint32(at + 4) };
}

/** Writes a 64-bit timestamp: seconds of the era and 32-bit fraction. */
export function encodeTimestamp(view: DataView, at: number, seconds: number, fraction: number): void {
  view.setUint32(at, seconds);
  view.setUint32(at + 4, fraction);
}
