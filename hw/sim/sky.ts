/**
 * Satellites on circular orbits, as seen from a site: good for an admin page and for sentences, not for navigation.
 */
import type { Random } from './random.ts';

/** A place on the (spherical) earth: degrees, north and east positive; metres above mean sea level. */
export interface Site {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitude: number;
}

export type ConstellationName = 'GPS' | 'GLONASS' | 'Galileo' | 'BeiDou';

export interface Constellation {
  readonly name: ConstellationName;
  /** NMEA 0183 v4.11: talker, GNSS system ID of GSA, signal ID of GSV (its civil signal on L1, E1 or B1). */
  readonly talker: 'GP' | 'GL' | 'GA' | 'GB';
  readonly systemId: string;
  readonly signalId: string;
  readonly firstId: number;
  readonly planes: number;
  readonly perPlane: number;
  /** Degrees. */
  readonly inclination: number;
  /** Metres from the earth's centre. */
  readonly radius: number;
}

export const CONSTELLATIONS: readonly Constellation[] = [
  constellation('GPS', 'GP', '1', '1', 1, 6, 5, 55, 26_560_000),
  constellation('GLONASS', 'GL', '2', '1', 65, 3, 8, 64.8, 25_510_000),
  constellation('Galileo', 'GA', '3', '7', 1, 3, 8, 56, 29_600_000),
  constellation('BeiDou', 'GB', '4', '1', 19, 3, 8, 55, 27_906_000),
];

export interface SatelliteView {
  readonly id: number;
  /** Degrees above the horizon, and from north over east (0–359). */
  readonly elevation: number;
  readonly azimuth: number;
  /** Carrier to noise, dB-Hz; undefined where the satellite is known but not heard. */
  readonly snr: number | undefined;
  readonly used: boolean;
}

export interface ConstellationView {
  readonly constellation: Constellation;
  readonly satellites: readonly SatelliteView[];
}

const EARTH_RADIUS = 6_371_000;
const GRAVITY = 3.986004418e14; // m³/s², WGS 84
const EARTH_TURN = 7.2921151467e-5; // rad/s, WGS 84
const DEGREE = Math.PI / 180;
/** Elevation masks: listed from 5°, used from 10°. */
const IN_VIEW = 5;
const USED = 10;
const USED_SNR = 24;

function constellation(
  name: ConstellationName,
  talker: Constellation['talker'],
  systemId: string,
  signalId: string,
  firstId: number,
  planes: number,
  perPlane: number,
  inclination: number,
  radius: number,
): Constellation {
  return { name, talker, systemId, signalId, firstId, planes, perPlane, inclination, radius };
}

/** The sky over one site. The same random stream gives the same sky. */
export class Sky {
  readonly #site: Site;
  readonly #constellations: readonly Constellation[];
  /** What trees and walls take away, dB, by satellite. */
  readonly #shade = new Map<Constellation, number[]>();
  readonly #turn: number;

  constructor(site: Site, names: readonly ConstellationName[], random: Random) {
    this.#site = site;
    this.#constellations = CONSTELLATIONS.filter(({ name }) => names.includes(name));
    this.#turn = random.uniform(0, 2 * Math.PI);
    for (const each of this.#constellations)
      this.#shade.set(
        each,
        Array.from({ length: each.planes * each.perPlane }, () => random.uniform(0, 7)),
      );
  }

  /** Satellites in view at `seconds` (TAI), highest first; with `heard` false, none is heard. */
  view(seconds: number, heard = true): ConstellationView[] {
    return this.#constellations.map((each) => {
      const satellites: SatelliteView[] = [];
      for (let slot = 0; slot < each.planes * each.perPlane; slot++) {
        const seen = this.#look(each, slot, seconds, heard);
        if (seen) satellites.push(seen);
      }
      satellites.sort((a, b) => b.elevation - a.elevation);
      return { constellation: each, satellites };
    });
  }

  #look(each: Constellation, slot: number, seconds: number, heard: boolean): SatelliteView | undefined {
    const { elevation, azimuth } = this.#direction(each, slot, seconds);
    if (elevation < IN_VIEW) return undefined;
    const shade = this.#shade.get(each)?.[slot] ?? 0;
    const breathing = 1.5 * Math.sin(seconds / 47 + slot);
    const snr = Math.round(28 + 22 * Math.sin(elevation * DEGREE) - shade + breathing);
    return {
      id: each.firstId + slot,
      elevation: Math.round(elevation),
      azimuth: Math.round(azimuth) % 360,
      snr: heard ? snr : undefined,
      used: heard && elevation >= USED && snr >= USED_SNR,
    };
  }

  /** Degrees above the horizon and from north over east. */
  #direction(each: Constellation, slot: number, seconds: number): { elevation: number; azimuth: number } {
    const plane = Math.floor(slot / each.perPlane);
    const inPlane = slot % each.perPlane;
    const motion = Math.sqrt(GRAVITY / each.radius ** 3);
    const phase = 2 * Math.PI * (inPlane / each.perPlane + plane / (each.planes * each.perPlane));
    const along = phase + this.#turn + ((motion * seconds) % (2 * Math.PI));
    const node = (2 * Math.PI * plane) / each.planes - ((EARTH_TURN * seconds) % (2 * Math.PI));
    const tilt = each.inclination * DEGREE;
    // Earth-fixed: x through Greenwich and the equator, z through the north pole.
    const flat = Math.sin(along) * Math.cos(tilt);
    const x = each.radius * (Math.cos(along) * Math.cos(node) - flat * Math.sin(node));
    const y = each.radius * (Math.cos(along) * Math.sin(node) + flat * Math.cos(node));
    const z = each.radius * Math.sin(along) * Math.sin(tilt);
    return this.#fromSite(x, y, z);
  }

  #fromSite(x: number, y: number, z: number): { elevation: number; azimuth: number } {
    const latitude = this.#site.latitude * DEGREE;
    const longitude = this.#site.longitude * DEGREE;
    const outward = x * Math.cos(longitude) + y * Math.sin(longitude);
    const east = y * Math.cos(longitude) - x * Math.sin(longitude);
    const north = z * Math.cos(latitude) - outward * Math.sin(latitude);
    const up = z * Math.sin(latitude) + outward * Math.cos(latitude) - EARTH_RADIUS;
    return {
      elevation: Math.atan2(up, Math.hypot(east, north)) / DEGREE,
      azimuth: (Math.atan2(east, north) / DEGREE + 360) % 360,
    };
  }
}
