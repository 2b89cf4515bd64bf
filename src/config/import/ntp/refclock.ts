/** Reference clocks of ntpd: `server 127.127.TYPE.UNIT`, `fudge`, and NTPsec's `refclock NAME`. */
import { antennaHint } from '../antenna-hint.ts';

interface Driver {
  readonly what: string;
  /** What `time1` corrects: the pulse, the sentences, or either. */
  readonly time1: 'pulse' | 'either' | 'other';
}

const FOUND = 'the receiver is found by itself (receiver.device, pps.device)';

const DRIVERS: Readonly<Record<string, Driver>> = {
  1: {
    what: 'the local clock as a reference: never served as one here, holdover is bounded',
    time1: 'other',
  },
  20: { what: `GPS receiver (NMEA): ${FOUND}`, time1: 'pulse' },
  22: { what: `PPS: ${FOUND}`, time1: 'pulse' },
  28: { what: `shared memory (gpsd): ${FOUND}`, time1: 'either' },
  46: { what: `gpsd: ${FOUND}`, time1: 'pulse' },
};

/** Names in NTPsec; those that are not here are receivers of other kinds. */
const NAMES: Readonly<Record<string, string>> = { local: '1', nmea: '20', pps: '22', shm: '28', gpsd: '46' };

/** The driver's number of `127.127.t.u`, or undefined for any other address. */
export function driverNumber(address: string): string | undefined {
  return /^127\.127\.(\d{1,3})\.\d{1,3}$/.exec(address)?.[1];
}

export function aboutRefclock(name: string): string {
  const number = Object.hasOwn(NAMES, name) ? (NAMES[name] as string) : name;
  return (
    DRIVERS[number]?.what ??
    `reference clock ${name.slice(0, 40)} of ntpd: only GPS receivers (NMEA) with PPS are used here`
  );
}

/** What the words after a driver's name say about corrections, for people. */
export function fudgeHints(name: string, words: readonly string[]): string[] {
  const number = Object.hasOwn(NAMES, name) ? (NAMES[name] as string) : name;
  const kind = DRIVERS[number]?.time1 ?? 'other';
  const hints: string[] = [];
  const time1 = numberAfter(words, 'time1');
  const small = Math.abs(time1) <= 1e-3;
  if (kind === 'pulse' || (kind === 'either' && small)) hints.push(antennaHint('time1', time1) ?? '');
  else if (kind === 'either' && time1 !== 0 && !Number.isNaN(time1))
    hints.push(`time1 ${time1} s: the delay of the sentences is learned here`);
  const time2 = numberAfter(words, 'time2');
  if (kind !== 'other' && time2 !== 0 && !Number.isNaN(time2))
    hints.push(`time2 ${time2} s: the delay of the sentences is learned here, receiver.burstOffset sets it`);
  if (number === '20' && numberAfter(words, 'flag2') === 1) hints.push('flag2 1: set pps.edge: falling');
  return hints.filter((hint) => hint !== '');
}

function numberAfter(words: readonly string[], name: string): number {
  const text = words[words.indexOf(name) + 1];
  return words.includes(name) && text !== undefined && text !== '' ? Number(text) : Number.NaN;
}
