// An answer thread that hangs in a system call the first three times, until the descriptor in the environment becomes
// readable; then it is itself.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const POLLIN = 1;
const counts = new Float64Array(workerData.counters);
counts[0]++; // counts as answers, so that the next start knows
if (counts[0] <= 3) {
  parentPort.postMessage({
    type: 'serving',
    bound: workerData.orders.sockets.map(({ fd, ...rest }) => rest),
  });
  const libc = createRequire(import.meta.url)('koffi').load('libc.so.6');
  const poll = libc.func('int poll(void *, unsigned long, int)');
  setImmediate(() => poll(Int32Array.of(Number(process.env['HANGS_UNTIL']), POLLIN), 1, -1));
} else {
  await import(new URL('../../dist/src/workers/answers.js', import.meta.url).href);
}
