// An answer thread that dies of an unhandled exception the first time, and is itself
// the next time.
import { parentPort, workerData } from 'node:worker_threads';

const counts = new Float64Array(workerData.counters);
if (counts[0] === 0) {
  counts[0] = 1; // counts one answer, so that the next start knows
  parentPort.postMessage({
    type: 'serving',
    bound: workerData.orders.sockets.map(({ fd, ...rest }) => rest),
  });
  setImmediate(() => {
    throw new Error('a bug');
  });
} else {
  await import(new URL('../../dist/src/workers/answers.js', import.meta.url).href);
}
