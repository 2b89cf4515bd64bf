/** Constellations in the order they are shown, each with the letter that receivers and RINEX use, and a colour. */
import type { Status } from '../../../status/status.ts';

export type Satellite = Status['receiver']['satellites'][number];

interface System {
  readonly name: string;
  readonly letter: string;
  readonly colour: string;
}

const SYSTEMS: readonly System[] = [
  { name: 'GPS', letter: 'G', colour: 'gps' },
  { name: 'GLONASS', letter: 'R', colour: 'glonass' },
  { name: 'Galileo', letter: 'E', colour: 'galileo' },
  { name: 'BeiDou', letter: 'C', colour: 'beidou' },
  { name: 'QZSS', letter: 'J', colour: 'other' },
  { name: 'NavIC', letter: 'I', colour: 'other' },
];

export function systemOf({ system }: Satellite): System {
  return SYSTEMS.find(({ name }) => name === system) ?? { name: system, letter: system, colour: 'other' };
}

export interface Group extends System {
  /** By number. */
  readonly satellites: readonly Satellite[];
}

export function grouped(satellites: readonly Satellite[]): Group[] {
  const names = [...new Set([...SYSTEMS.map(({ name }) => name), ...satellites.map(({ system }) => system)])];
  return names.flatMap((name) => {
    const own = satellites.filter(({ system }) => system === name).sort((a, b) => a.prn - b.prn);
    const [first] = own;
    return first ? [{ ...systemOf(first), satellites: own }] : [];
  });
}

/** `G07`. */
export function nameOf(satellite: Satellite): string {
  return `${systemOf(satellite).letter}${String(satellite.prn).padStart(2, '0')}`;
}

/** Whether it is tracked: some signal comes through. */
export function isHeard({ signal }: Satellite): boolean {
  return signal !== undefined && signal !== null && signal > 0;
}
