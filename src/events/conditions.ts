/**
 * Conditions as a pure function of successive snapshots: what holds, since when, and what has changed. A condition is
 * raised once it has held for a while and cleared once it has not held for a while; in between, what can't be told
 * leaves it as it is.
 */
import type { EventType } from './event-types.ts';
import { type Facts, factsAfter, noFacts, type Observation } from './facts.ts';
import { WATCHES, type Watch } from './watches.ts';

export type Change =
  | { readonly change: 'raise'; readonly type: EventType; readonly text: string; readonly data?: Data }
  | { readonly change: 'clear'; readonly type: EventType };

type Data = Record<string, unknown>;

/** `active` is undefined until it could be told for the first time. */
interface Standing {
  readonly active: boolean | undefined;
  /** What it looks like instead of `active`, and since when, in monotonic seconds. */
  readonly differs: { readonly holds: boolean; readonly since: number } | undefined;
  /** What it is about; another thing of the same type is raised anew. */
  readonly key: string;
}

export interface Conditions {
  readonly facts: Facts;
  readonly standing: Readonly<Partial<Record<EventType, Standing>>>;
}

export function noConditions(): Conditions {
  return { facts: noFacts(), standing: {} };
}

const UNKNOWN: Standing = { active: undefined, differs: undefined, key: '' };

/** Call about once a second. */
export function nextConditions(
  before: Conditions,
  observation: Observation,
): { readonly conditions: Conditions; readonly changes: readonly Change[] } {
  const facts = factsAfter(before.facts, observation);
  const standing: Partial<Record<EventType, Standing>> = {};
  const changes: Change[] = [];
  for (const watch of WATCHES) {
    const was = before.standing[watch.type] ?? UNKNOWN;
    const now = judge(watch, was, facts, observation, changes);
    standing[watch.type] = now;
  }
  changes.push(...locked(before, facts, standing, observation));
  return { conditions: { facts, standing }, changes };
}

function judge(watch: Watch, was: Standing, facts: Facts, seen: Observation, changes: Change[]): Standing {
  const look = watch.look(facts, seen, was.active === true);
  if (look === undefined) return { ...was, differs: undefined };
  const holds = look !== false;
  const key = look === false ? was.key : (look.key ?? '');
  if (was.active === holds && key === was.key) return { ...was, differs: undefined };
  const since = was.differs?.holds === holds ? was.differs.since : seen.monotonic;
  const wait = look === false ? watch.clearAfter : (look.after ?? watch.raiseAfter);
  if (seen.monotonic - since < wait) return { ...was, differs: { holds, since } };
  const { type } = watch;
  // Also where it was not known: a condition may hold in the log since before a restart.
  if (was.active !== false && (look === false || was.active === true))
    changes.push({ change: 'clear', type });
  if (look !== false)
    changes.push({ change: 'raise', type, text: look.text, ...(look.data && { data: look.data }) });
  return { active: holds, differs: undefined, key };
}

/** That the clock is locked is news when it is for the first time, and when it was lost before. */
function locked(
  before: Conditions,
  facts: Facts,
  standing: Conditions['standing'],
  { status }: Observation,
): Change[] {
  const found = before.standing['clock-lost']?.active === true && standing['clock-lost']?.active === false;
  const first = facts.everLocked && !before.facts.everLocked;
  if (!found && !first) return [];
  const boundNs = status.clock.errorBoundNs;
  const bound = boundNs === null ? '' : `, error bound ${(boundNs / 1000).toFixed(1)} µs`;
  const text = `locked: stratum 1 is served${bound}`;
  return [{ change: 'raise', type: 'clock-locked', text, data: { boundNs } }];
}
