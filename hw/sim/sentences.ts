/** What a receiver knows, as NMEA 0183 v4.11 sentences in the form of a u-blox M8 or M9. */
import { sealed } from '../../src/nmea/checksum.ts';
import { dateFromDay, type UtcReading } from '../../src/time/utc.ts';
import type { ConstellationView, SatelliteView } from './sky.ts';

export type SentenceType = 'RMC' | 'VTG' | 'GGA' | 'GSA' | 'GSV' | 'GLL' | 'ZDA';

/** The order in which a u-blox receiver sends them. */
export const SENTENCE_ORDER: readonly SentenceType[] = ['RMC', 'VTG', 'GGA', 'GSA', 'GSV', 'GLL', 'ZDA'];

export interface Navigation {
  /** The epoch; undefined where the receiver does not know the time. Its `day` is the day as sent. */
  readonly time: UtcReading | undefined;
  readonly valid: boolean;
  /** Degrees, north and east positive. */
  readonly latitude: number;
  readonly longitude: number;
  /** Metres above mean sea level. */
  readonly altitude: number;
  /** `GN` where several constellations are in use, else that of the one. */
  readonly talker: string;
  readonly hdop: number;
  readonly used: number;
  readonly sky: readonly ConstellationView[];
}

const MOST_IN_GGA = 12; // NMEA 0183: 00–12
const GSV_SATELLITES = 4;
const GSA_SLOTS = 12;

/** The sentences of one epoch, in the receiver's order. */
export function burstText(navigation: Navigation, types: ReadonlySet<SentenceType>): string {
  let text = '';
  for (const type of SENTENCE_ORDER) if (types.has(type)) text += FORMATTERS[type](navigation);
  return text;
}

const FORMATTERS: Readonly<Record<SentenceType, (navigation: Navigation) => string>> = {
  RMC: rmc,
  VTG: vtg,
  GGA: gga,
  GSA: gsa,
  GSV: gsv,
  GLL: gll,
  ZDA: zda,
};

function rmc(n: Navigation): string {
  const motion = n.valid ? '0.012,' : ',';
  const status = n.valid ? 'A' : 'V';
  return sealed(
    `${n.talker}RMC,${timeField(n)},${status},${position(n)},${motion},${dateField(n)},,,${mode(n)},V`,
  );
}

function vtg(n: Navigation): string {
  return sealed(`${n.talker}VTG,,T,,M,${n.valid ? '0.012,N,0.022,K' : ',N,,K'},${mode(n)}`);
}

function gga(n: Navigation): string {
  const used = two(Math.min(MOST_IN_GGA, n.used));
  const height = n.valid ? `${n.altitude.toFixed(1)},M,47.0,M` : ',,,';
  const hdop = n.valid ? n.hdop.toFixed(2) : '99.99';
  return sealed(
    `${n.talker}GGA,${timeField(n)},${position(n)},${n.valid ? 1 : 0},${used},${hdop},${height},,`,
  );
}

/** One for every constellation: NMEA 0183 v4.11. */
function gsa(n: Navigation): string {
  const dop = n.valid
    ? `${(n.hdop * 1.7).toFixed(2)},${n.hdop.toFixed(2)},${(n.hdop * 1.4).toFixed(2)}`
    : '99.99,99.99,99.99';
  let text = '';
  for (const { constellation, satellites } of n.sky) {
    const ids = satellites.filter(({ used }) => used).map(({ id }) => two(id));
    const slots = Array.from({ length: GSA_SLOTS }, (_, i) => ids[i] ?? '').join(',');
    text += sealed(`${n.talker}GSA,A,${n.valid ? 3 : 1},${slots},${dop},${constellation.systemId}`);
  }
  return text;
}

function gsv(n: Navigation): string {
  let text = '';
  for (const { constellation, satellites } of n.sky) {
    const messages = Math.max(1, Math.ceil(satellites.length / GSV_SATELLITES));
    for (let i = 0; i < messages; i++) {
      const some = satellites.slice(i * GSV_SATELLITES, (i + 1) * GSV_SATELLITES);
      const head = `${constellation.talker}GSV,${messages},${i + 1},${two(satellites.length)}`;
      text += sealed(`${head}${some.map(satelliteFields).join('')},${constellation.signalId}`);
    }
  }
  return text;
}

function satelliteFields({ id, elevation, azimuth, snr }: SatelliteView): string {
  return `,${two(id)},${two(elevation)},${String(azimuth).padStart(3, '0')},${snr === undefined ? '' : two(snr)}`;
}

function gll(n: Navigation): string {
  return sealed(`${n.talker}GLL,${position(n)},${timeField(n)},${n.valid ? 'A' : 'V'},${mode(n)}`);
}

function zda(n: Navigation): string {
  if (!n.time) return sealed(`${n.talker}ZDA,,,,,00,00`);
  const { year, month, dayOfMonth } = dateFromDay(n.time.day);
  return sealed(`${n.talker}ZDA,${timeField(n)},${two(dayOfMonth)},${two(month)},${year},00,00`);
}

function mode(n: Navigation): string {
  return n.valid ? 'A' : 'N';
}

/** hhmmss.ss; an inserted leap second is 235960. */
function timeField(n: Navigation): string {
  if (!n.time) return '';
  const { second, nanos } = n.time;
  const hour = Math.min(23, Math.floor(second / 3600));
  const minute = Math.min(59, Math.floor((second - hour * 3600) / 60));
  const rest = second - hour * 3600 - minute * 60;
  return `${two(hour)}${two(minute)}${two(rest)}.${two(Math.floor(nanos / 1e7))}`;
}

/** ddmmyy. */
function dateField(n: Navigation): string {
  if (!n.time) return '';
  const { year, month, dayOfMonth } = dateFromDay(n.time.day);
  return `${two(dayOfMonth)}${two(month)}${two(year % 100)}`;
}

/** ddmm.mmmmm,N,dddmm.mmmmm,E */
function position(n: Navigation): string {
  if (!n.valid) return ',,,';
  const latitude = `${degreesAndMinutes(n.latitude, 2)},${n.latitude < 0 ? 'S' : 'N'}`;
  return `${latitude},${degreesAndMinutes(n.longitude, 3)},${n.longitude < 0 ? 'W' : 'E'}`;
}

/** In units of 1e-5 minutes first, so that rounding never shows 60.00000 minutes. */
function degreesAndMinutes(angle: number, digits: number): string {
  const units = Math.round(Math.abs(angle) * 6_000_000);
  const degrees = Math.floor(units / 6_000_000);
  const minutes = (units - degrees * 6_000_000) / 100_000;
  return `${String(degrees).padStart(digits, '0')}${minutes.toFixed(5).padStart(8, '0')}`;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
