/**
 * One way of getting at the edges of a pulse-per-second line; `PpsDriver` turns it into a `PpsDevice`.
 */
import type { Edge } from '../ports.ts';

export type EmitEdge = (edge: Edge) => void;

/** What to open, as the configuration has it. */
export interface PpsSettings {
  /** `auto`, `/dev/ppsN`, `/dev/gpiochipN` or `onoff`. */
  readonly device: string;
  /** GPIO line: the offset within its chip, which on a Raspberry Pi is the BCM number; `auto`: the one that pulses. */
  readonly line: number | 'auto';
  /** File that keeps the line that was found, for the next start; absent: nothing is kept. */
  readonly memory?: string;
  /**
   * The edge that marks the second and is reported as `assert`; the other one is reported as `clear`. With a line that
   * is found, its pulse tells, unless it lasts half the second.
   */
  readonly edge: 'rising' | 'falling';
  /** Where sysfs lies; `/sys` unless a test says otherwise. */
  readonly sysfs?: string;
}

export interface PpsSource {
  /** What this is, with its path: `kernel PPS /dev/pps0`. */
  readonly name: string;
  /** Milliseconds to leave to other work between two waits: 0 for a source that blocks in `wait`. */
  readonly pause: number;
  /** Undefined once open, else one line: what is wrong and what to do. Nothing stays open then. */
  open(): string | undefined | Promise<string | undefined>;
  /** Waits up to `timeout` ms and hands over the edges that came. A reason where the device is gone. */
  wait(timeout: number, emit: EmitEdge): string | undefined;
  /** What an operator should know beyond the name while it is open; may change; empty when there is nothing. */
  note(): string;
  /** While it is open but still looks for the line: what it does, for an operator; else empty. */
  searching?(): string;
  close(): void;
}

/** Stands for a source that is out of the question, so that its reason is shown among the others. */
export function unusableSource(name: string, reason: string): PpsSource {
  const nothing = () => undefined;
  return { name, pause: 0, open: () => reason, wait: nothing, note: () => '', close: nothing };
}
