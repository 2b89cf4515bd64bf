/** `npm run image:test`: boots the image that was built and checks from outside what it does. `-- gpio` runs one part. */

import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VERSION } from '../../src/build-info.ts';
import { run } from '../build/shell.ts';
import { Card } from './card.ts';
import { PULSE_LINE, type PulseBy } from './device-tree.ts';
import { inside, watchdog } from './inside.ts';
import { locking } from './locking.ts';
import { Machine } from './machine.ts';
import { raspberry } from './raspberry.ts';
import { Report } from './report.ts';

const project = resolve(import.meta.dirname, '../../..');
const cache = join(project, '.cache/image');
const image = join(cache, `timeball-${VERSION}-arm64.img`);

/** The emulated line jitters by tenths of a millisecond, by far more than a real one. */
const SETUP = `hostName: station-7
claimCode: test-claim-code
profile: generic
config:
  pps: {line: ${PULSE_LINE}}
  discipline: {lockBoundKernel: 5000, holdoverLimit: 100}
  gate: {acceptAfter: 1}
`;

const report = new Report();
const parts = process.argv.slice(2);
try {
  prepare();
  if (wanted('gpio')) await boot('gpio', /gpiochip/);
  if (wanted('kernel-pps')) await boot('kernel-pps', /pps0/);
  if (wanted('raspi3b')) await smoke();
} catch (error) {
  report.broke('the run', error);
}
process.exit(report.end() ? 0 : 1);

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

async function boot(pulseBy: PulseBy, source: RegExp): Promise<void> {
  const folder = emptyFolder(pulseBy);
  const card = new Card(image, folder);
  card.put('timeball-setup.yaml', SETUP);
  const [ntpPort, httpPort] = [await freePort(), await freePort()];
  const machine = new Machine({
    card: card.path,
    boot: card.boot(folder),
    pulseBy,
    folder,
    ntpPort,
    httpPort,
  });
  const giveUp = () => machine.kill().finally(() => process.exit(130));
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp);
  try {
    await machine.open();
    const whileLocked = async () => {
      if (pulseBy === 'gpio') await inside(machine, report);
    };
    try {
      await locking({ machine, ntpPort, report, by: pulseBy, source, whileLocked });
    } catch (error) {
      report.broke(`${pulseBy}: receiver and lock`, error);
      process.stderr.write(`${machine.console().slice(-3000)}\n`);
    }
    if (pulseBy === 'gpio') await watchdog(machine, report);
  } catch (error) {
    report.broke(`${pulseBy}: the run`, error);
  } finally {
    await machine.kill();
  }
  const names = card.list();
  report.check(
    'the setup file is marked as done',
    names.includes('done.yaml'),
    names
      .split('\n')
      .filter((n) => /setup/.test(n))
      .join(' '),
  );
  report.check('without its secret', !card.read('timeball-setup.done.yaml').includes('test-claim-code'));
  rmSync(card.path);
}

async function smoke(): Promise<void> {
  const folder = emptyFolder('raspi3b');
  const card = new Card(image, folder);
  await raspberry(card, folder, report);
  rmSync(card.path);
}

function emptyFolder(name: string): string {
  const folder = join(cache, 'test', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Free at the moment; QEMU can't be asked which it took. */
function freePort(): Promise<number> {
  return new Promise((done) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => done(port));
    });
  });
}
