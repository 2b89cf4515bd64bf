/**
 * What an operator wants to see of the receiver: fix, position, satellites. Decoded by nmea-simple; nothing of
 * this is on the timing path.
 */
import { type Packet, parseNmeaSentence } from 'nmea-simple';
import { type Instant, secondsBetween } from '../time/instant.ts';
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
/** Seconds after which a group that is no longer listed is gone: some receivers fall silent about empty systems. */
const FORGOTTEN = 15;

/** What one talker lists in one signal band, complete or so far. */
interface Group {
  readonly at: Instant<'Local'>;
  readonly satellites: readonly Satellite[];
  /** Number of the sentence that has to come next. */
  readonly next: number;
}

export class ReceiverViewer {
  readonly #complete = new Map<string, Group>();
  readonly #incoming = new Map<string, Group>();
  #fix: Omit<ReceiverView, 'satellites'> = { fixType: 'unknown' };
  #now: Instant<'Local'> | undefined;

  take(sentence: Sentence): void {
    this.#now = sentence.at;
    const packet = decode(sentence);
    if (packet?.sentenceId === 'GSV') this.#takeSatellites(sentence, packet);
    if (packet?.sentenceId === 'GSA') this.#takeFix(sentence, packet);
    if (packet?.sentenceId === 'GGA') this.#takePosition(sentence, packet);
  }

  view(): ReceiverView {
    this.#forget();
    const satellites = new Map<string, Satellite>();
    for (const group of this.#complete.values())
      for (const sat of group.satellites) {
        // Listed once per signal band: its strongest signal counts.
        const known = satellites.get(`${sat.system}.${sat.prn}`);
        if (!known || (sat.signal ?? 0) > (known.signal ?? 0))
          satellites.set(`${sat.system}.${sat.prn}`, { ...known, ...sat });
      }
    return { ...this.#fix, satellites: [...satellites.values()] };
  }

  #takeFix(sentence: Sentence, packet: Extract<Packet, { sentenceId: 'GSA' }>): void {
    const { hdop: _, ...rest } = this.#fix;
    const fixType = packet.fixMode === '3D' || packet.fixMode === '2D' ? packet.fixMode : 'none';
    this.#fix = { ...rest, fixType, ...(told(sentence, 16, packet.HDOP) && { hdop: packet.HDOP }) };
  }

  #takePosition(sentence: Sentence, packet: Extract<Packet, { sentenceId: 'GGA' }>): void {
    const { satellitesInView, latitude, longitude, altitudeMeters } = packet;
    const located = packet.fixType !== 'none';
    const placed =
      located && angle(sentence, 2, 'NS', latitude, 90) && angle(sentence, 4, 'EW', longitude, 180);
    const { fixType, hdop } = this.#fix;
    this.#fix = {
      fixType: located ? fixType : 'none',
      ...(hdop !== undefined && { hdop }),
      ...(told(sentence, 7, satellitesInView) && { satellitesUsed: satellitesInView }),
      ...(placed && { latitude, longitude }),
      ...(placed && told(sentence, 9, altitudeMeters) && { altitude: altitudeMeters }),
    };
  }

  #takeSatellites(sentence: Sentence, packet: Extract<Packet, { sentenceId: 'GSV' }>): void {
    const talker = sentence.address.slice(0, 2);
    // NMEA 4.10 adds a signal band behind the satellites: one field more than a multiple of four.
    const band = (sentence.fields.length - 3) % 4 === 1 ? (sentence.fields.at(-1) ?? '') : '';
    const key = `${talker}.${band}`;
    const before = packet.messageNumber === 1 ? NOTHING_YET : this.#incoming.get(key);
    this.#incoming.delete(key);
    // A sentence was lost: what is left of the group would be half a sky, or one half twice.
    if (before?.next !== packet.messageNumber) return;
    const count = Math.floor((sentence.fields.length - 3) / 4);
    const read = packet.satellites
      .slice(0, count)
      .flatMap((sat, index) => satellite(talker, sat, sentence.fields.slice(3 + index * 4)) ?? []);
    const satellites = [...before.satellites, ...read].slice(0, MAX_PER_TALKER);
    const target = packet.messageNumber >= packet.numberOfMessages ? this.#complete : this.#incoming;
    this.#keep(target, key, { at: sentence.at, satellites, next: packet.messageNumber + 1 });
  }

  #keep(groups: Map<string, Group>, key: string, group: Group): void {
    if (!groups.has(key) && groups.size >= MAX_GROUPS) this.#forget();
    if (groups.has(key) || groups.size < MAX_GROUPS) groups.set(key, group);
  }

  #forget(): void {
    for (const groups of [this.#complete, this.#incoming])
      for (const [key, { at }] of groups)
        if (this.#now && Math.abs(secondsBetween(this.#now, at)) > FORGOTTEN) groups.delete(key);
  }
}

const NOTHING_YET: Pick<Group, 'satellites' | 'next'> = { satellites: [], next: 1 };

/** nmea-simple reads an empty field as 0 and nonsense as 0 or NaN. Fields are counted from 1 behind the address. */
function told(sentence: Sentence, field: number, value: number): boolean {
  return Number.isFinite(value) && /^-?[\d.]+$/.test(sentence.fields[field - 1] ?? '');
}

/**
 * Degrees and minutes with a hemisphere behind them, as nmea-simple read them? It makes 0 of minutes without a point,
 * and south or west of any letter: a garbled sentence whose checksum is right by chance would be a place.
 */
function angle(sentence: Sentence, field: number, letters: string, value: number, most: number): boolean {
  const [digits = '', letter = ''] = sentence.fields.slice(field - 1);
  return (
    /^\d{2,5}\.\d*$/.test(digits) &&
    letter.length === 1 &&
    letters.includes(letter) &&
    Math.abs(value) <= most
  );
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
