/**
 * Open pages and scripts, a process of its own: keeps event streams open and asks for the status at a steady rate.
 * Arguments: URL, streams, requests a second. Prints `open` when all streams are; reports as one JSON object for each
 * line on standard input, of the time since the line before.
 */
import { Agent, get, type IncomingMessage } from 'node:http';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { round } from './rounds.ts';

const [url = '', streams = '0', rate = '0'] = process.argv.slice(2);
const TICK_MS = 10;
/** Connections that the requests share, as those of a few scripts. */
const CONNECTIONS = 32;
/** In real life it is another machine: what it does must not take the appliance's processors. */
const NICEST = 19;

export interface HttpReport {
  readonly requestsPerSecond: number;
  readonly failed: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly framesPerSecond: number;
  readonly streamsLost: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
let took: number[] = [];
let failed = 0;
let frames = 0;
let lost = 0;
let begin = performance.now();

async function openStream(): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/v1/events`, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`a stream was answered with ${response.statusCode}`);
  response.on('close', () => lost++);
  response.on('error', () => {});
  response.setEncoding('latin1').on('data', (text: string) => {
    if (text.includes('event: status')) frames++;
  });
}

function ask(): void {
  const asked = performance.now();
  const request = get(`${url}/api/v1/status`, { agent }, (response) => {
    if (response.statusCode !== 200) failed++;
    response.resume().on('end', () => took.push(performance.now() - asked));
  });
  request.on('error', () => failed++);
}

function report(): HttpReport {
  const seconds = (performance.now() - begin) / 1000;
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0, 1);
  const result = {
    requestsPerSecond: round(sorted.length / seconds, 1),
    failed,
    medianMs: at(0.5),
    p99Ms: at(0.99),
    framesPerSecond: round(frames / seconds, 1),
    streamsLost: lost,
  };
  [took, failed, frames, lost, begin] = [[], 0, 0, 0, performance.now()];
  return result;
}

setPriority(NICEST);
await Promise.all(Array.from({ length: Number(streams) }, openStream));
let sent = 0;
const first = performance.now();
setInterval(() => {
  const due = ((performance.now() - first) / 1000) * Number(rate);
  for (; sent < due; sent++) ask();
}, TICK_MS);
createInterface({ input: process.stdin })
  .on('line', () => process.stdout.write(`${JSON.stringify(report())}\n`))
  .on('close', () => process.exit(0));
process.stdout.write('open\n');
