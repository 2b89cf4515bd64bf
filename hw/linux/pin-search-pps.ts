/**
 * A PPS line that nobody has named: the pin of the last start, else the one that the search finds. A receiver that stops
 * pulsing has lost its sky, not its wire, so the search starts over only after a long silence.
 */

import { recallFound, rememberFound } from './found-device.ts';
import { findHeaderChip } from './gpio-chip.ts';
import { GpioPps } from './gpio-pps.ts';
import { type FoundPin, PinSearch } from './pin-search.ts';
import type { EmitEdge, PpsSettings, PpsSource } from './pps-source.ts';
import { CLOCK_MONOTONIC, type Syscalls } from './syscalls.ts';

/** Silence (s) after which the line may be another one: of a line that has pulsed, and of one only remembered. */
const SILENCE = 600;
const SILENCE_AT_START = 15;

interface Remembered {
  readonly line: number;
  readonly edge: 'rising' | 'falling';
}

export class PinSearchPps implements PpsSource {
  readonly pause = 0;
  readonly #sys: Syscalls;
  readonly #settings: Pick<PpsSettings, 'edge' | 'memory'>;
  readonly #chip: string | undefined;
  readonly #clock = new Float64Array(2);
  readonly #search: PinSearch;
  #line: GpioPps | undefined;
  #how = '';
  #heardAt = 0;
  #patience = SILENCE_AT_START;

  /** `chip`: undefined for the one with the header's pins. */
  constructor(sys: Syscalls, settings: Pick<PpsSettings, 'edge' | 'memory'>, chip?: string) {
    this.#sys = sys;
    this.#settings = settings;
    this.#chip = chip;
    this.#search = new PinSearch(sys, chip);
  }

  get name(): string {
    return this.#line?.name ?? 'GPIO, line not known yet';
  }

  open(): string | undefined {
    const remembered = this.#recall();
    if (!remembered) return this.#search.open();
    const chip = this.#chip ?? findHeaderChip(this.#sys, remembered.line);
    const how = `PPS found here at an earlier start, ${remembered.edge}`;
    const taken = this.#take(chip, remembered, how, SILENCE_AT_START);
    // Another program may have it now, and the receiver hang on another pin.
    return taken === undefined ? undefined : this.#search.open();
  }

  wait(timeout: number, emit: EmitEdge): string | undefined {
    if (!this.#line) return this.#lookOn(timeout);
    const reason = this.#line.wait(timeout, (edge) => {
      this.#heardAt = this.#now();
      this.#patience = SILENCE;
      emit(edge);
    });
    if (reason !== undefined || this.#now() - this.#heardAt < this.#patience) return reason;
    this.#line.close();
    this.#line = undefined;
    return this.#search.open();
  }

  searching(): string {
    return this.#line ? '' : this.#search.text;
  }

  note(): string {
    const note = this.#line?.note() ?? '';
    return note === '' ? this.#how : `${this.#how}; ${note}`;
  }

  close(): void {
    this.#line?.close();
    this.#line = undefined;
    this.#search.close();
  }

  #lookOn(timeout: number): string | undefined {
    const found = this.#search.wait(timeout);
    if (found === undefined || typeof found === 'string') return found;
    this.#search.close();
    const edge = found.edge ?? this.#settings.edge;
    const reason = this.#take(found.chip, { line: found.line, edge }, foundText(found, edge), SILENCE);
    if (reason === undefined) rememberFound(this.#settings.memory, { line: found.line, edge });
    return reason;
  }

  #take(chip: string, { line, edge }: Remembered, how: string, patience: number): string | undefined {
    const source = new GpioPps(this.#sys, chip, line, edge);
    const reason = source.open();
    if (reason !== undefined) return reason;
    this.#line = source;
    this.#how = how;
    this.#patience = patience;
    this.#heardAt = this.#now();
    return undefined;
  }

  #recall(): Remembered | undefined {
    const { line, edge } = recallFound(this.#settings.memory) ?? {};
    if (!Number.isInteger(line) || (line as number) < 0 || (line as number) > 1023) return undefined;
    return edge === 'rising' || edge === 'falling' ? { line: line as number, edge } : undefined;
  }

  #now(): number {
    this.#sys.readClock(CLOCK_MONOTONIC, this.#clock);
    return (this.#clock[0] as number) + (this.#clock[1] as number) / 1e9;
  }
}

/** `PPS found on GPIO 18, rising, pulse 100 ms`. */
function foundText({ gpio, width }: FoundPin, edge: string): string {
  return `PPS found on GPIO ${gpio}, ${edge}, pulse ${pulseText(width)}`;
}

function pulseText(seconds: number): string {
  if (seconds === 0) return 'too short to measure';
  return seconds < 0.001 ? `${Math.round(seconds * 1e6)} µs` : `${Math.round(seconds * 1000)} ms`;
}
