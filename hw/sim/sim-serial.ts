/** The receiver's line as a serial port within this process. */
import type { Instant } from '../../src/time/instant.ts';
import type { DeviceState, SerialListener, SerialPort } from '../ports.ts';
import type { SimulatedClock } from './sim-clock.ts';

export class SimulatedSerial implements SerialPort {
  readonly #clock: SimulatedClock;
  readonly #device: string;
  #listener: SerialListener | undefined;

  constructor(clock: SimulatedClock, baud: number) {
    this.#clock = clock;
    this.#device = `simulated receiver at ${baud} baud`;
  }

  open(listener: SerialListener): void {
    this.#listener = listener;
    listener.state(this.#state('open'));
  }

  async close(): Promise<void> {
    this.#listener?.state(this.#state('closed'));
    this.#listener = undefined;
  }

  /** `tai`: when the first of the bytes arrived. */
  deliver(bytes: Uint8Array, tai: Instant<'TAI'>): void {
    this.#listener?.bytes({ bytes, at: this.#clock.localAt(tai) });
  }

  #state(state: DeviceState['state']): DeviceState {
    return { state, device: this.#device, reason: '' };
  }
}
