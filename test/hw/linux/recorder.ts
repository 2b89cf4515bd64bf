/** Listeners that keep what they are told, and let a test wait for it. */
import type { DeviceState, Edge, StampedBytes } from '../../../hw/ports.ts';

export class Recorder {
  readonly edges: Edge[] = [];
  readonly states: DeviceState[] = [];
  readonly chunks: StampedBytes[] = [];
  #waiting: { ready: () => boolean; resolve: () => void }[] = [];

  readonly edge = (edge: Edge) => {
    this.edges.push(edge);
    this.#check();
  };

  readonly state = (state: DeviceState) => {
    this.states.push(state);
    this.#check();
  };

  readonly bytes = (chunk: StampedBytes) => {
    this.chunks.push({ bytes: Uint8Array.from(chunk.bytes), at: chunk.at });
    this.#check();
  };

  get lastState(): DeviceState | undefined {
    return this.states.at(-1);
  }

  get text(): string {
    return this.chunks.map((chunk) => new TextDecoder('latin1').decode(chunk.bytes)).join('');
  }

  /** Resolves when `ready` holds, now or after something came; the test's own time-out is the limit. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ ready, resolve }));
  }

  untilState(state: DeviceState['state']): Promise<void> {
    return this.until(() => this.lastState?.state === state);
  }

  #check(): void {
    for (const waiting of this.#waiting.filter(({ ready }) => ready())) {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.resolve();
    }
  }
}
