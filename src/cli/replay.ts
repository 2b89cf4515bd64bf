/** `timeball replay`: a recorded log through the reference driver, in virtual time. */
import type { DeviceState } from '../../hw/ports.ts';
import { type Epoch, parseLog, recordedStart } from '../../hw/sim/replay.ts';
import { VirtualTime } from '../../hw/sim/virtual-time.ts';
import { createWorld } from '../../hw/sim/world.ts';
import { createClockBlock } from '../clock/clock-block.ts';
import { REFUSALS, type Refusal } from '../reference/refusals.ts';
import { add, type Instant, instant } from '../time/instant.ts';
import type { LeapTable } from '../time/leap-table.ts';
import { shippedTable } from '../time/load-leap-table.ts';
import { NANOS_PER_SECOND } from '../time/units.ts';
import { utcFromPosix } from '../time/utc.ts';
import { TimeKeeper } from '../time-keeper.ts';
import { readLog } from './read-log.ts';

export interface ReplayResult {
  readonly outcome: 'locked' | 'refused';
  /** Empty where it locked. */
  readonly reason: string;
  /** ISO 8601 UTC of the first and last labelled edge, after any week repair; null where none was. */
  readonly firstSecond: string | null;
  readonly lastSecond: string | null;
  /** Weeks added to the receiver's dates. */
  readonly weekRepair: number;
  readonly edgesLabelled: number;
  readonly edgesRefused: Readonly<Record<string, number>>;
  /** Sentences with a right checksum, by type. */
  readonly sentences: Readonly<Record<string, number>>;
  /** What was no sentence, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
}

export interface ReplayInputs {
  readonly rebase: boolean;
  /** Day since 1970-01-01. */
  readonly buildDay: number;
  /** Present time, for a rebase: POSIX seconds. */
  readonly now: number;
}

/** Edges before the first burst, so that the train stands when the sentences start. */
const LEAD_SECONDS = 5;

export function replayFile(path: string, inputs: ReplayInputs): ReplayResult {
  return replayLog(parseLog(readLog('timeball replay', path)), inputs);
}

export function replayLog(epochs: readonly Epoch[], inputs: ReplayInputs): ReplayResult {
  const { table } = shippedTable();
  const start = startOf(epochs, inputs, table);
  const time = new VirtualTime(add(start, -LEAD_SECONDS * NANOS_PER_SECOND));
  const world = createWorld({
    seed: 1,
    truth: time,
    timers: time,
    leapTable: table,
    log: { epochs, rebase: inputs.rebase, loop: false },
  });
  let locked = false;
  const keeper = new TimeKeeper(world.clock, table, createClockBlock(), keeperOptions(inputs.buildDay), {
    stateChanged: (_, to) => {
      locked ||= to === 'locked';
    },
  });
  const state = (_: DeviceState) => {};
  let cancelQuiet = () => {};
  world.serial.open({
    state,
    bytes: (chunk) => {
      keeper.bytes(chunk);
      cancelQuiet();
      cancelQuiet = time.after(QUIET_MS, () => keeper.lineQuiet());
    },
  });
  world.pps.open({ state, edge: (edge) => keeper.edge(edge) });
  const stopTurning = time.every(1000, () => keeper.turn());
  const span = (epochs.at(-1) as Epoch).elapsed / NANOS_PER_SECOND;
  time.runFor(LEAD_SECONDS + span + TAIL_SECONDS);
  stopTurning();
  world.stop();
  return summarise(keeper, locked);
}

/** The serial line counts as quiet after as long; must exceed the pauses within a burst. */
const QUIET_MS = 100;
/** After the last burst has come whole, nothing follows that could label an edge. */
const TAIL_SECONDS = 2;

function startOf(epochs: readonly Epoch[], inputs: ReplayInputs, table: LeapTable): Instant<'TAI'> {
  if (inputs.rebase) return table.toTai(utcFromPosix(inputs.now));
  const recorded = recordedStart(epochs, table) ?? table.toTai({ day: inputs.buildDay, second: 0, nanos: 0 });
  return instant(recorded.seconds, recorded.nanos);
}

function keeperOptions(buildDay: number) {
  return {
    reference: { agreement: 4, buildDay, holdForLeapSeconds: false },
    discipline: { lockLimit: { kernel: 10_000, user: 100_000 }, holdoverLimit: 1e6, delay: 0 },
    steer: false,
    publisher: { refid: 'GPS', precision: -20, boundLimit: 1e6 },
  };
}

function summarise(keeper: TimeKeeper, locked: boolean): ReplayResult {
  const status = keeper.reference.status();
  return {
    outcome: locked ? 'locked' : 'refused',
    reason: locked ? '' : refusalReason(status.edgesRefused, status.reason),
    firstSecond: status.firstLabel ?? null,
    lastSecond: status.lastLabel ?? null,
    weekRepair: status.weekRepair,
    edgesLabelled: status.edgesLabelled,
    edgesRefused: status.edgesRefused,
    sentences: keeper.sentences,
    rejected: keeper.rejected,
  };
}

/** Reasons that only say "not yet" don't explain a refusal if there are others. */
const TRANSIENT: readonly Refusal[] = ['train-acquiring', 'no-burst', 'unproven'];

function refusalReason(refused: Readonly<Partial<Record<Refusal, number>>>, current: string): string {
  const causes = (Object.entries(refused) as [Refusal, number][])
    .filter(([refusal]) => !TRANSIENT.includes(refusal))
    .sort(([, a], [, b]) => b - a);
  const [main] = causes;
  return main ? `${REFUSALS[main[0]]} (${main[1]} edges)` : current;
}
