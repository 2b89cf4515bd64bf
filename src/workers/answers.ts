/**
 * The answer thread: joins the sockets to the responder, until asked to leave.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openDgramServer } from '../../hw/linux/dgram-server.ts';
import { socketCalls } from '../../hw/linux/socket-calls.ts';
import { parseAddress } from '../ntp/own-sockets.ts';
import { BatchLoop } from './answers-loop.ts';
import {
  type AnswersJob,
  type AnswersMessage,
  type AnswersReport,
  HEARTBEAT,
  LEAVE,
} from './answers-protocol.ts';
import { responderOf } from './answers-responder.ts';
import { becomeUrgent } from './thread-priority.ts';
import { warmUp } from './warm-up.ts';

/** Enough for V8 to compile the path; takes about 40 ms. */
const WARM_UP_ANSWERS = 3_000;
const HEARTBEAT_EVERY_MS = 200;

function report(message: AnswersReport): void {
  parentPort?.postMessage(message);
}

/** Serves from the event loop. */
async function serveDgram(job: AnswersJob): Promise<void> {
  const server = await openDgramServer({ listen: job.listen, parseAddress });
  const responder = responderOf(job, server);
  const control = new Int32Array(job.control);
  const beat = setInterval(() => Atomics.add(control, HEARTBEAT, 1), HEARTBEAT_EVERY_MS);
  server.onReady = () => responder.serveBatch(0);
  parentPort?.on('message', (message: AnswersMessage) => {
    if (message !== LEAVE) {
      responder.apply(message.settings);
      responder.setHostAddresses(message.hostAddresses);
      report({ type: 'took', generation: message.generation });
      return;
    }
    clearInterval(beat);
    server.close();
    parentPort?.close();
  });
  report({ type: 'serving', bound: server.bound });
}

async function main(job: AnswersJob): Promise<void> {
  becomeUrgent();
  if (!job.batched) return serveDgram(job);
  const { calls, reason } = socketCalls();
  if (!calls) throw new Error(reason);
  warmUp(calls, WARM_UP_ANSWERS);
  const loop = new BatchLoop(calls, job, report);
  report({ type: 'serving', bound: loop.bound });
  loop.run();
}

main(workerData as AnswersJob).catch((error: unknown) => {
  report({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  parentPort?.close();
});
