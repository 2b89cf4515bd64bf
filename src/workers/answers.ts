/**
 * The answer thread: joins the sockets to the responder, until asked to leave.
 */
import { networkInterfaces } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { LinuxDatagramServer } from '../../hw/linux/datagram-server.ts';
import { openDgramServer } from '../../hw/linux/dgram-server.ts';
import { socketCalls } from '../../hw/linux/socket-calls.ts';
import type { DatagramServer } from '../../hw/ports.ts';
import { CounterRegion } from '../ntp/counters.ts';
import { parseAddress } from '../ntp/own-sockets.ts';
import { Responder } from '../ntp/responder.ts';
import { type AnswersJob, type AnswersReport, LEAVE, STOP } from './answers-protocol.ts';
import { warmUp } from './warm-up.ts';

/** A thread that waits in a foreign call for good can't be ended: terminate() and process.exit() would hang. */
const LONGEST_WAIT_MS = 200;
/** Enough for V8 to compile the path; takes about 40 ms. */
const WARM_UP_ANSWERS = 3_000;
const HOST_ADDRESSES_EVERY_MS = 5_000;

function report(message: AnswersReport): void {
  parentPort?.postMessage(message);
}

function responderOf(job: AnswersJob, server: DatagramServer): Responder {
  const { clockBlock, mapping } = job;
  const counters = new CounterRegion(job.counters, job.region);
  const responder = new Responder({ server, clockBlock, mapping, counters });
  responder.setHostAddresses(hostAddresses());
  return responder;
}

function hostAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);
}

/** Stays in this loop, outside of the event loop, until asked to leave. */
function serveBatches(job: AnswersJob, server: DatagramServer): void {
  const control = new Int32Array(job.control);
  const responder = responderOf(job, server);
  report({ type: 'serving', bound: server.bound });
  let refreshed = performance.now();
  while (Atomics.load(control, STOP) === 0) {
    responder.serveBatch(LONGEST_WAIT_MS);
    if (performance.now() - refreshed < HOST_ADDRESSES_EVERY_MS) continue;
    refreshed = performance.now();
    responder.setHostAddresses(hostAddresses());
  }
}

/** Serves from the event loop. */
async function serveDgram(job: AnswersJob): Promise<void> {
  const server = await openDgramServer({ listen: job.listen, parseAddress });
  const responder = responderOf(job, server);
  const refresh = setInterval(() => responder.setHostAddresses(hostAddresses()), HOST_ADDRESSES_EVERY_MS);
  server.onReady = () => responder.serveBatch(0);
  parentPort?.on('message', (message) => {
    if (message !== LEAVE) return;
    clearInterval(refresh);
    server.close();
    parentPort?.close();
  });
  report({ type: 'serving', bound: server.bound });
}

async function main(job: AnswersJob): Promise<void> {
  if (!job.sockets) return serveDgram(job);
  const { calls, reason } = socketCalls();
  if (!calls) throw new Error(reason);
  warmUp(calls, WARM_UP_ANSWERS);
  serveBatches(job, new LinuxDatagramServer(calls, job.sockets, { wakeFd: job.wakeFd }));
}

main(workerData as AnswersJob).catch((error: unknown) => {
  report({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  parentPort?.close();
});
