/**
 * Thread of the receiver's pulses: a program that makes bundles and uploads them is late by seconds now and then, and a
 * late pulse passes for a bad clock.
 */
import { connect } from 'node:net';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { URGENT } from './machine.ts';

export interface PulseThreadData {
  /** QEMU's monitor. */
  readonly socket: string;
  /** ms since 1970 when Node's high-resolution time was 0. */
  readonly origin: number;
  /** When the receiver's clock was right, ms since 1970, and what it gains from then on. */
  readonly since: number;
  readonly fastPpm: number;
}

/** Timers are late by about this much, ms; the rest is waited for in a loop. */
const EARLY_MS = 4;

const { socket, origin, since, fastPpm } = workerData as PulseThreadData;
let pulses = true;
parentPort?.on('message', (on: boolean) => {
  pulses = on;
});
// Not as root, pulses are as good as the machine is idle.
try {
  setPriority(URGENT);
} catch {}
const monitor = connect(socket);
// QEMU is killed at the end.
monitor.on('error', () => {}).resume();
monitor.write('{"execute":"qmp_capabilities"}\n');
plan();

/** By the receiver's clock, ms. */
function now(): number {
  const host = origin + Number(process.hrtime.bigint()) / 1e6;
  return host + (host - since) * fastPpm * 1e-6;
}

function plan(): void {
  const next = (Math.floor(now() / 1000) + 1) * 1000;
  setTimeout(
    () => {
      while (now() < next);
      // A pulse of 100 ms on the PPS line, from now.
      if (pulses) monitor.write('{"execute":"system_powerdown"}\n');
      plan();
    },
    next - now() - EARLY_MS,
  );
}
