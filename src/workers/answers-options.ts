/**
 * What the answer threads are started with.
 */
import type { ServingSettings, ServingTables } from '../ntp/service.ts';
import type { AnswersState } from './answers-state.ts';
import type { ListenEntry } from './endpoints.ts';

export interface AnswersOptions {
  /** What to serve: addresses, and interfaces with all of theirs. */
  readonly listen: readonly ListenEntry[];
  /** Threads, 1–64; default 1. Through dgram there is always one. */
  readonly workers?: number;
  /** Waits for addresses that the host does not have yet; default: `start` refuses them. Interfaces are always waited for. */
  readonly freeBind?: boolean;
  readonly settings: ServingSettings;
  readonly tables: ServingTables;
  /** See `src/clock/clock-block.ts`. */
  readonly clockBlock: SharedArrayBuffer;
  /** See `src/time/clock-mapping.ts`. */
  readonly mapping: SharedArrayBuffer;
  /** The compiled worker. */
  readonly entry?: URL;
  /** Serve through Node's dgram even where batched sockets work. */
  readonly useDgram?: boolean;
  /** How often to look at the interfaces, ms; default 2000. */
  readonly lookEvery?: number;
  /** How often to look whether the threads live, ms; default 1000. */
  readonly heartbeatEvery?: number;
  /** Called whenever `state()` has changed. */
  readonly onState?: (state: AnswersState) => void;
}
