/**
 * Thread entry: waits for the edges of the PPS line, which blocks, and passes them on with their kernel stamps.
 * The main thread's end is `edges-host.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { loadLibc } from '../../hw/linux/libc.ts';
import { kernelStampedSources } from '../../hw/linux/pps-auto.ts';
import { PpsDriver } from '../../hw/linux/pps-driver.ts';
import { type PpsSettings, type PpsSource, unusableSource } from '../../hw/linux/pps-source.ts';
import { realTimers } from '../../hw/linux/real-timers.ts';
import { linuxSyscalls } from '../../hw/linux/syscalls.ts';
import { CLOSE, type EdgesMessage } from './edges-messages.ts';
import { becomeUrgent } from './thread-priority.ts';

const port = parentPort;
if (!port) throw new Error('src/workers/edges.ts is the entry of a worker thread, not a program');

const settings = workerData as PpsSettings;
const send = (message: EdgesMessage) => port.postMessage(message);

const driver = new PpsDriver({
  device: settings.device,
  timers: realTimers(),
  sources: sourceFinder(settings),
});
// Listening also keeps the thread alive: the driver's timers do not.
port.on('message', (message) => {
  if (message === CLOSE) void driver.close().then(() => port.close());
});
becomeUrgent();
driver.open({ edge: (edge) => send({ edge }), state: (state) => send({ state }) });

function sourceFinder(wanted: PpsSettings): () => PpsSource[] {
  const loaded = loadLibc();
  if (loaded.error !== undefined) {
    const { error } = loaded;
    return () => [unusableSource(wanted.device, error)];
  }
  const sys = linuxSyscalls(loaded.libc);
  return () => kernelStampedSources(wanted, sys);
}
