/**
 * Runs as root when an update is asked for: installs the bundle that the service has put down. `--downgrade`: an older
 * one too. `--deadline SECONDS`: another limit for the trial, for those at the console.
 */
import { join } from 'node:path';
import { VERSION } from '../../src/build-info.ts';
import { BUNDLE_NAME, KEYS_FOLDER } from '../../src/update/update-status.ts';
import {
  capacity,
  FIRMWARE,
  firmwareWritable,
  forget,
  isRaspberryPi,
  kernelCommandLine,
  mountFirmware,
  runProgram,
} from './machine.ts';
import { deviceOf } from './own-disk.ts';
import { updateDisk } from './update-disk.ts';
import { lookAtBaseline } from './update-health.ts';
import { installUpdate, TRIAL_SECONDS } from './update-install.ts';
import { writeUpdateRecord } from './update-record.ts';
import { LONGEST_TRIAL, STEADY_SECONDS } from './update-trial.ts';

const STATE = '/data/timeball';

try {
  await mountFirmware();
  const { version, slot } = await installUpdate({
    bundle: join(STATE, BUNDLE_NAME),
    keysFolder: KEYS_FOLDER,
    version: VERSION,
    downgrade: process.argv.includes('--downgrade'),
    deadlineSeconds: deadline(process.argv),
    commandLine: kernelCommandLine(),
    firmware: FIRMWARE,
    deviceOf: (slot) => deviceOf(slot),
    capacity,
    forget,
    disk: updateDisk,
    writable: firmwareWritable,
    baseline: async () => (await lookAtBaseline()) ?? { locked: false, boundSeconds: null },
    record: writeUpdateRecord,
    now: () => new Date().toISOString(),
    restart: restartOnTrial,
  });
  process.stdout.write(`version ${version} is in slot ${slot}; the machine restarts on trial\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}

function deadline(words: readonly string[]): number {
  const at = words.indexOf('--deadline');
  if (at < 0) return TRIAL_SECONDS;
  const seconds = Number(words[at + 1]);
  if (seconds >= STEADY_SECONDS && seconds <= LONGEST_TRIAL) return seconds;
  throw new Error(`--deadline: use ${STEADY_SECONDS} to ${LONGEST_TRIAL} seconds`);
}

/** The boot code then reads tryboot.txt this once. */
async function restartOnTrial(): Promise<void> {
  // The kernels of the board's maker pass the argument on to the boot code; Debian's needs a module of ours for that.
  if (isRaspberryPi()) await runProgram('modprobe', 'timeball_tryboot');
  await runProgram('systemctl', '--no-block', 'reboot', '--reboot-argument=0 tryboot');
}
