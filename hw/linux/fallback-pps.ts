/**
 * A PPS device with a second best: the fallback takes over when the preferred one has failed for a while, and
 * hands back when it fails itself. As soon as one is open the other is closed, since both may want the same line.
 */
import type { DeviceState, PpsDevice, PpsListener, Timers } from '../ports.ts';

/** The preferred device may only be late, as at start-up: it is given this long, ms. */
const GRACE = 2000;

export interface FallbackOptions {
  /** Each makes a new device, for one `open`. */
  readonly preferred: () => PpsDevice;
  readonly fallback: () => PpsDevice;
  readonly timers: Timers;
}

export class FallbackPps implements PpsDevice {
  readonly #options: FallbackOptions;
  #listener: PpsListener | undefined;
  #preferred: PpsDevice | undefined;
  #fallback: PpsDevice | undefined;
  #reason = '';
  #fallbackOpen = false;
  #cancelGrace: (() => void) | undefined;

  constructor(options: FallbackOptions) {
    this.#options = options;
  }

  open(listener: PpsListener): void {
    this.#listener = listener;
    this.#startPreferred();
  }

  async close(): Promise<void> {
    const devices = [this.#stopPreferred(), this.#stopFallback()];
    await Promise.all(devices);
    this.#listener?.state({ state: 'closed', device: 'auto', reason: '' });
    this.#listener = undefined;
  }

  #startPreferred(): void {
    const device = this.#options.preferred();
    this.#preferred = device;
    device.open({
      edge: (edge) => device === this.#preferred && this.#listener?.edge(edge),
      state: (state) => device === this.#preferred && this.#preferredState(state),
    });
  }

  #preferredState(state: DeviceState): void {
    if (state.state === 'open') void this.#stopFallback();
    if (state.state === 'failed') {
      this.#reason = state.reason;
      if (!this.#fallback)
        this.#cancelGrace ??= this.#options.timers.after(GRACE, () => this.#startFallback());
    }
    this.#listener?.state(state);
  }

  #startFallback(): void {
    const device = this.#options.fallback();
    this.#fallback = device;
    device.open({
      edge: (edge) => device === this.#fallback && this.#listener?.edge(edge),
      state: (state) => device === this.#fallback && this.#fallbackState(state),
    });
  }

  #fallbackState(state: DeviceState): void {
    if (state.state === 'open') {
      this.#fallbackOpen = true;
      void this.#stopPreferred();
      this.#listener?.state({ ...state, device: `${state.device}, as ${this.#reason}` });
    } else if (state.state === 'failed' && this.#fallbackOpen) {
      this.#listener?.state(state);
      void this.#stopFallback();
      this.#startPreferred();
    } else if (state.state === 'failed') {
      this.#listener?.state({ ...state, device: 'auto', reason: `${this.#reason}; ${state.reason}` });
    }
  }

  #stopPreferred(): Promise<void> {
    const device = this.#preferred;
    this.#preferred = undefined;
    return device?.close() ?? Promise.resolve();
  }

  #stopFallback(): Promise<void> {
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
    this.#fallbackOpen = false;
    const device = this.#fallback;
    this.#fallback = undefined;
    return device?.close() ?? Promise.resolve();
  }
}
