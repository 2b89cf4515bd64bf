/** What keeps the memory of threads small, which allocate next to nothing once they run. */
import type { WorkerOptions } from 'node:worker_threads';

/** MB: V8 would let the young generation grow to 48. */
export const THREAD_MEMORY: Pick<WorkerOptions, 'resourceLimits'> = {
  resourceLimits: { maxYoungGenerationSizeMb: 4 },
};
