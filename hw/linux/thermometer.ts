/**
 * The board's temperature: the oscillator sits on the same board, and its rate follows it with a lag.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Celsius } from '../../src/time/units.ts';
import type { Thermometer } from '../ports.ts';

const THERMAL = '/sys/class/thermal';
/** Readings outside of this are a broken sensor's, not a board's. */
const COLDEST = -60;
const HOTTEST = 150;

/** Reads the zone that is the CPU's where one says so, else the first; each read costs one small file. */
export function linuxThermometer(root = THERMAL): Thermometer {
  const zone = findZone(root);
  if (!zone) return { name: `no sensor in ${root}`, read: () => undefined };
  const path = join(root, zone.directory, 'temp');
  return { name: `${zone.type} (${zone.directory})`, read: () => readMilliCelsius(path) };
}

function findZone(root: string): { directory: string; type: string } | undefined {
  const zones = list(root)
    .filter((name) => /^thermal_zone\d+$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .filter((directory) => readMilliCelsius(join(root, directory, 'temp')) !== undefined)
    .map((directory) => ({ directory, type: readLine(join(root, directory, 'type')) ?? 'thermal zone' }));
  return zones.find((zone) => /cpu|soc|x86_pkg/i.test(zone.type)) ?? zones[0];
}

/** sysfs gives millidegrees: Documentation/ABI/testing/sysfs-class-thermal. */
function readMilliCelsius(path: string): Celsius | undefined {
  const text = readLine(path);
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  const celsius = Number(text) / 1000;
  return celsius > COLDEST && celsius < HOTTEST ? celsius : undefined;
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // no thermal class at all: a virtual machine
  }
}

function readLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return undefined; // a zone whose sensor is off answers EINVAL or EAGAIN
  }
}
