/**
 * What an operator wants to see of the receiver: fix, position, satellites. Decoded by nmea-simple; nothing of
 * this is on the timing path.
 */
import { type Packet, parseNmeaSentence } from 'nmea-simple';
import type { Sentence } from './framer.ts';

export interface Satellite {
  /** `GPS`, `GLONASS`, `Galileo`, `BeiDou`, `QZSS`, `NavIC` or the talker where unknown. */
  readonly system: string;
  readonly prn: number;
  /** Degrees; absent where the receiver does not know. */
  readonly elevation?: number;
  readonly azimuth?: number;
  /** Carrier to noise, dB-Hz; absent while not tracked. */
  readonly signal?: number;
}

export interface ReceiverView {
  /** GSA: 1 none, 2 2-D, 3 3-D. */
  readonly fixType: 'none' | '2D' | '3D' | 'unknown';
  readonly satellitesUsed?: number;
  readonly satellites: readonly Satellite[];
  readonly hdop?: number;
  /** Degrees, north and east positive; metres above mean sea level. */
  readonly latitude?: number;
  readonly longitude?: number;
  readonly altitude?: number;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  GP: 'GPS',
  GL: 'GLONASS',
  GA: 'Galileo',
  GB: 'BeiDou',
  BD: 'BeiDou',
  GQ: 'QZSS',
  QZ: 'QZSS',
  GI: 'NavIC',
};

/** A talker may list at most this many satellites (GSV: 9 sentences of 4, times signals). */
const MAX_PER_TALKER = 72;
/** Talkers and signal bands kept; garbage with a right checksum must not grow the view. */
const MAX_GROUPS = 16;

export class ReceiverViewer {
  #satellites = new Map<string, Satellite[]>();
  #incoming = new Map<string, Satellite[]>();
  #fix: Omit<ReceiverView, 'satellites'> = { fixType: 'unknown' };

  take(sentence: Sentence): void {
    const packet = decode(sentence);
    if (packet?.sentenceId === 'GSV') this.#takeSatellites(sentence, packet);
    if (packet?.sentenceId === 'GSA') {
      const fixType = packet.fixMode === '3D' || packet.fixMode === '2D' ? packet.fixMode : 'none';
      this.#fix = { ...this.#fix, fixType, hdop: packet.HDOP };
    }
    if (packet?.sentenceId === 'GGA') {
      const { satellitesInView, latitude, longitude, altitudeMeters } = packet;
      const located = packet.fixType !== 'none';
      const { fixType, hdop } = this.#fix;
      this.#fix = {
        fixType: located ? fixType : 'none',
        ...(hdop !== undefined && { hdop }),
        satellitesUsed: satellitesInView,
        ...(located && { latitude, longitude, altitude: altitudeMeters }),
      };
    }
  }

  view(): ReceiverView {
    return { ...this.#fix, satellites: [...this.#satellites.values()].flat() };
  }

  #takeSatellites(sentence: Sentence, packet: Extract<Packet, { sentenceId: 'GSV' }>): void {
    const talker = sentence.address.slice(0, 2);
    // NMEA 4.10 adds a signal band behind the satellites: one field more than a multiple of four.
    const band = (sentence.fields.length - 3) % 4 === 1 ? (sentence.fields.at(-1) ?? '') : '';
    const key = `${talker}.${band}`;
    const count = Math.floor((sentence.fields.length - 3) / 4);
    const before = packet.messageNumber === 1 ? [] : (this.#incoming.get(key) ?? []);
    const read = packet.satellites
      .slice(0, count)
      .flatMap((sat, index) => satellite(talker, sat, sentence.fields.slice(3 + index * 4)) ?? []);
    const all = [...before, ...read].slice(0, MAX_PER_TALKER);
    if (!this.#incoming.has(key) && this.#incoming.size >= MAX_GROUPS) return;
    this.#incoming.set(key, all);
    if (packet.messageNumber >= packet.numberOfMessages) this.#satellites.set(key, all);
  }
}

function satellite(
  talker: string,
  sat: { prnNumber: number; elevationDegrees: number; azimuthTrue: number; SNRdB: number },
  raw: readonly string[],
): Satellite | undefined {
  if (!Number.isFinite(sat.prnNumber) || sat.prnNumber <= 0) return undefined;
  // nmea-simple reads an empty field as 0, which for an angle is a value of its own.
  const known = (value: number, field: number) => Number.isFinite(value) && raw[field] !== '';
  return {
    system: SYSTEMS[talker] ?? talker,
    prn: sat.prnNumber,
    ...(known(sat.elevationDegrees, 1) && { elevation: sat.elevationDegrees }),
    ...(known(sat.azimuthTrue, 2) && { azimuth: sat.azimuthTrue }),
    ...(known(sat.SNRdB, 3) && sat.SNRdB > 0 && { signal: sat.SNRdB }),
  };
}

/** nmea-simple throws on what it does not know; for the view that is no news. */
function decode(sentence: Sentence): Packet | undefined {
  if (!/^..(GSV|GSA|GGA)$/.test(sentence.address)) return undefined;
  try {
    return parseNmeaSentence(sentence.text);
  } catch {
    return undefined;
  }
}
