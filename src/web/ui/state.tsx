/** The state of the clock, by colour, by sign and in words. */
import type { Status } from '../../status/status.ts';
import type { LiveStatus } from '../live.ts';
import { duration } from './number.ts';

type State = Status['state'];

/** What each state means to somebody who has never heard of it. */
export const STATES: Readonly<
  Record<
    State,
    { readonly word: string; readonly sign: string; readonly tone: string; readonly text: string }
  >
> = {
  locked: { word: 'Locked', sign: '●', tone: 'good', text: 'The time is good: it follows the satellites.' },
  holdover: {
    word: 'Holdover',
    sign: '◐',
    tone: 'warn',
    text: 'The time is still good: it is kept without satellites, and slowly gets less certain.',
  },
  acquiring: {
    word: 'Acquiring',
    sign: '◔',
    tone: 'warn',
    text: 'Not serving yet: the time is being measured.',
  },
  freerun: { word: 'Free run', sign: '○', tone: 'bad', text: 'Not serving: there is no time yet.' },
  expired: {
    word: 'Expired',
    sign: '✕',
    tone: 'bad',
    text: 'Not serving: without satellites for too long, the time is no longer certain enough.',
  },
};

export function StateBadge({ state }: { readonly state: State | undefined }) {
  if (!state) return <span class="badge">…</span>;
  const { word, sign, tone } = STATES[state];
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{sign}</span>
      {word}
    </span>
  );
}

/** Seconds after which a status is called old. */
export const STALE = 4;

/** Says that what is shown is old, and how old; nothing while it is fresh. */
export function Stale({ status, staleSeconds }: LiveStatus) {
  if (!status || staleSeconds < STALE) return null;
  return (
    <span class="badge bad" role="status">
      <span aria-hidden="true">!</span>
      {duration(Math.floor(staleSeconds))} old
    </span>
  );
}
