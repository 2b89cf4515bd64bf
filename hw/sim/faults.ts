/**
 * What can go wrong, switchable while the simulation runs. Every fault is one plain value, so that a command line, a
 * page or a test can set it by name.
 */
import { mayHaveLeapSecond } from '../../src/time/leap-table.ts';
import { dateFromDay, parseUtc } from '../../src/time/utc.ts';

export interface Faults {
  /** No signal: no fix, no satellites heard, no edges; after it is plugged in again, a few seconds to reacquire. */
  antennaUnplugged: boolean;
  /** Probability that a second has no edge; 1 = the line is cut. */
  ppsMissing: number;
  /** Probability that a second has an extra pulse at a random phase. */
  ppsDoubled: number;
  /** The pulse is active low: its trailing edge is taken for the second. */
  ppsInverted: boolean;
  /** Probability that a byte on the serial line is flipped, lost or doubled. */
  corruptBytes: number;
  /** Seconds of silence from now on, as of a receiver that restarts; then `restartVoid` seconds without a fix. */
  receiverRestart: number;
  /** Seconds from the end of the silence until the restarted receiver has a fix again. */
  restartVoid: number;
  /** Weeks added to the dates sent, as past a week roll-over (−1024) or after a bad restart. */
  weeksWrong: number;
  /** Seconds, with fractions, by which the receiver's times and edges are ahead of the truth (spoofing). */
  timeJump: number;
  /** Metres northward by which the position is off. */
  positionJump: number;
  /** A leap second that the receiver knows of and its table does not: `YYYY-MM-DD insert` or `… delete`; '' = none. */
  leapSecond: string;
}

export type FaultName = keyof Faults;

/** One fault as the command line and the API show it. */
export interface FaultDescription {
  readonly name: FaultName;
  readonly description: string;
  readonly unit: string;
  /** Smallest and largest value of a number. */
  readonly range?: readonly [number, number];
  readonly none: boolean | number | string;
}

const WEEKS_MOST = 4096;

/** Every fault, with the value that means "none". */
export const FAULT_DESCRIPTIONS: readonly FaultDescription[] = [
  { name: 'antennaUnplugged', description: 'the antenna is unplugged', unit: '', none: false },
  { name: 'ppsMissing', description: 'share of edges lost', unit: '', range: [0, 1], none: 0 },
  {
    name: 'ppsDoubled',
    description: 'share of seconds with an extra pulse',
    unit: '',
    range: [0, 1],
    none: 0,
  },
  { name: 'ppsInverted', description: 'the pulse is active low', unit: '', none: false },
  { name: 'corruptBytes', description: 'share of serial bytes garbled', unit: '', range: [0, 1], none: 0 },
  {
    name: 'receiverRestart',
    description: 'silent restart of the receiver',
    unit: 's',
    range: [0, 3600],
    none: 0,
  },
  {
    name: 'restartVoid',
    description: 'time without fix after a restart',
    unit: 's',
    range: [0, 3600],
    none: 5,
  },
  {
    name: 'weeksWrong',
    description: 'date error (week roll-over: -1024)',
    unit: 'weeks',
    range: [-WEEKS_MOST, WEEKS_MOST],
    none: 0,
  },
  { name: 'timeJump', description: 'receiver ahead of true time', unit: 's', range: [-1e9, 1e9], none: 0 },
  { name: 'positionJump', description: 'position error northward', unit: 'm', range: [-1e6, 1e6], none: 0 },
  {
    name: 'leapSecond',
    description: 'leap second known to the receiver only',
    unit: 'YYYY-MM-DD insert|delete',
    none: '',
  },
];

/** The day (since 1970-01-01) and direction of a `leapSecond` value; undefined for '' or a bad one. */
export function parseLeapFault(
  text: string,
): { readonly day: number; readonly direction: 1 | -1 } | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (insert|delete)$/.exec(text);
  const day = parseUtc(match?.[1] ?? '')?.day;
  if (day === undefined || !mayHaveLeapSecond(day)) return undefined;
  return { day, direction: match?.[2] === 'insert' ? 1 : -1 };
}

/** The value of `leapSecond` for a day (since 1970-01-01). */
export function leapFault(day: number, direction: 1 | -1): string {
  const { year, month, dayOfMonth } = dateFromDay(day);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${year}-${two(month)}-${two(dayOfMonth)} ${direction === 1 ? 'insert' : 'delete'}`;
}

function noFaults(): Faults {
  return Object.fromEntries(FAULT_DESCRIPTIONS.map(({ name, none }) => [name, none])) as unknown as Faults;
}

/** What a value that may come from outside is worth: '' = fine, else one line of what is wrong. */
function problemWith(fault: FaultDescription, value: unknown): string {
  if (typeof value !== typeof fault.none)
    return `${fault.name}: expected a ${typeof fault.none}, got ${typeof value}`;
  if (typeof value === 'number' && fault.range) {
    const [low, high] = fault.range;
    if (!(value >= low && value <= high)) return `${fault.name}: ${value} is not between ${low} and ${high}`;
    if (fault.name === 'weeksWrong' && !Number.isInteger(value))
      return `${fault.name}: ${value} is not a whole number`;
  }
  if (fault.name === 'leapSecond' && value !== '' && !parseLeapFault(String(value)))
    return `${fault.name}: expected "YYYY-MM-DD insert" or "... delete" with the last day of a month`;
  return '';
}

export type FaultListener = (name: FaultName, faults: Readonly<Faults>) => void;

/** The switchboard: what is wrong now, and who wants to hear of a change. */
export class FaultBoard {
  readonly #values: Faults = noFaults();
  readonly #listeners: FaultListener[] = [];

  /** What is wrong now. The object is live: it changes with every switch. */
  faults(): Readonly<Faults> {
    return this.#values;
  }

  setFault<N extends FaultName>(name: N, value: Faults[N]): void {
    this.#values[name] = value;
    for (const listener of this.#listeners) listener(name, this.#values);
  }

  /** `setFault` for names and values from outside: '' where it was set, else one line of what is wrong. */
  trySetFault(name: string, value: unknown): string {
    const fault = FAULT_DESCRIPTIONS.find((known) => known.name === name);
    if (!fault)
      return `no fault "${name}"; there are ${FAULT_DESCRIPTIONS.map((known) => known.name).join(', ')}`;
    const problem = problemWith(fault, value);
    if (problem === '') this.setFault(fault.name, value as never);
    return problem;
  }

  /** Every fault with its present value. */
  list(): readonly (FaultDescription & { readonly value: boolean | number | string })[] {
    return FAULT_DESCRIPTIONS.map((fault) => ({ ...fault, value: this.#values[fault.name] }));
  }

  /** Everything as it should be. */
  clear(): void {
    for (const { name, none } of FAULT_DESCRIPTIONS)
      if (this.#values[name] !== none) this.setFault(name, none as never);
  }

  onChange(listener: FaultListener): void {
    this.#listeners.push(listener);
  }
}
