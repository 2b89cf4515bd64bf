/** `npm run image:test`: boots the image that was built and checks from outside what it does. `-- raspi3b` runs one part. */

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VERSION } from '../../src/build-info.ts';
import { run } from '../build/shell.ts';
import { Card } from './card.ts';
import { raspberry } from './raspberry.ts';
import { Report } from './report.ts';
import { Sessions } from './sessions.ts';

const project = resolve(import.meta.dirname, '../../..');
const cache = join(project, '.cache/image');
/** As `npm run image` leaves it. */
const bundle = join(project, 'image/out', `timeball-${VERSION}-arm64.update`);
const image = join(cache, `timeball-${VERSION}-arm64.img`);

/** The emulated line jitters by tenths of a millisecond, by far more than a real one. */
const SETUP = `hostName: station-7
claimCode: test-claim-code
profile: generic
config:
  discipline: {lockBoundKernel: 5000, holdoverLimit: 100}
  gate: {acceptAfter: 1}
`;

/** Seconds; what would not end within them is left out, and that is said. */
const BUDGET = 60 * Number(process.env['IMAGE_TEST_MINUTES'] ?? Number.POSITIVE_INFINITY);
/** Seconds that they take on a machine of two cores, generously. */
const TAKES = { start: 300, updates: 900, smoke: 200 } as const;

const report = new Report();
const parts = process.argv.slice(2);
try {
  prepare();
  if (wanted('starts')) await part('starts', starts);
  // The last part of it with a card of its own.
  if (parts.includes('updates')) await part('updates', updates);
  // Most of an hour in which nothing happens: only when asked for.
  if (parts.includes('soak')) await part('soak', soak);
  if (parts.includes('raspi3b')) await part('raspi3b', smoke);
} catch (error) {
  report.broke('the run', error);
}
process.exit(report.end() ? 0 : 1);

async function part(name: string, task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    report.broke(name, error);
  }
}

function wanted(part: string): boolean {
  return parts.length === 0 || parts.includes(part);
}

function prepare(): void {
  if (!existsSync(image)) throw new Error(`${image} is missing: run npm run image first`);
  if (run('sh', ['-c', 'command -v qemu-system-aarch64 || true']) !== '') return;
  if (process.getuid?.() !== 0) throw new Error('qemu-system-aarch64 is missing: install qemu-system-arm');
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'qemu-system-arm'], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** The card from its first start on. */
async function starts(): Promise<void> {
  const sessions = await sessionsOf('starts');
  await sessions.first();
  if (timeFor('a second start', TAKES.start)) await sessions.second();
  // It takes what the updates leave of the processor, which is most of the time of their trials.
  const pi = timeFor('the start of a Raspberry Pi 3B', TAKES.smoke) ? part('raspi3b', smoke) : undefined;
  try {
    if (timeFor('updates', TAKES.updates)) await sessions.updates();
  } finally {
    await pi;
  }
  rmSync(folderOf('starts'), { recursive: true });
}

function timeFor(what: string, seconds: number): boolean {
  if (performance.now() / 1000 + seconds <= BUDGET) return true;
  report.leftOut(what);
  return false;
}

async function updates(): Promise<void> {
  const sessions = await sessionsOf('updates');
  await sessions.updates();
}

async function soak(): Promise<void> {
  const sessions = await sessionsOf('soak');
  await sessions.soak(30);
}

function sessionsOf(name: string): Promise<Sessions> {
  const folder = emptyFolder(name);
  const card = new Card(image, folder);
  card.put('timeball-setup.yaml', SETUP);
  return Sessions.of({ card, folder, report, bundle, keys: join(cache, 'keys') });
}

async function smoke(): Promise<void> {
  const folder = emptyFolder('raspi3b');
  const card = new Card(image, folder);
  await raspberry(card, folder, report);
  rmSync(card.path);
}

function folderOf(name: string): string {
  return join(cache, 'test', name);
}

function emptyFolder(name: string): string {
  const folder = folderOf(name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
