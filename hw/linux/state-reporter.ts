/**
 * Passes a device's state on when it changes, so that hours of retries make one line in the log.
 */
import type { DeviceState } from '../ports.ts';

export class StateReporter {
  #last: DeviceState | undefined;
  readonly #listener: (state: DeviceState) => void;

  constructor(listener: (state: DeviceState) => void) {
    this.#listener = listener;
  }

  get last(): DeviceState | undefined {
    return this.#last;
  }

  report(state: DeviceState['state'], device: string, reason = ''): void {
    const last = this.#last;
    if (last?.state === state && last.device === device && last.reason === reason) return;
    this.#last = { state, device, reason };
    this.#listener(this.#last);
  }
}
