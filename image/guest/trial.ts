/**
 * Runs as root at every start. On trial: keeps the new system when it is good, and goes back to the old one when it is
 * not. With `--settle`, in the system that starts by default: says what has become of the last update.
 */
import { setTimeout as after } from 'node:timers/promises';
import { VERSION } from '../../src/build-info.ts';
import { readUpdateRecord, type UpdateRecord } from '../../src/update/update-status.ts';
import { FIRMWARE, firmwareWritable, kernelCommandLine, mountFirmware, runProgram, say } from './machine.ts';
import { otherSlot, runningSlot } from './slot.ts';
import { updateDisk } from './update-disk.ts';
import { lookAtHealth } from './update-health.ts';
import { TRIAL_SECONDS } from './update-install.ts';
import { settled, writeUpdateRecord } from './update-record.ts';
import { defaultSlot, keepSlot } from './update-slots.ts';
import { trial } from './update-trial.ts';

await mountFirmware();
const running = runningSlot(kernelCommandLine());
const onTrial = running !== undefined && (await defaultSlot(FIRMWARE)).slot !== running;
if (running !== undefined && onTrial && !process.argv.includes('--settle')) await onTrialIn(running);
if (running !== undefined && !onTrial) await settle(running);

async function onTrialIn(slot: 'a' | 'b'): Promise<void> {
  const record = readUpdateRecord() ?? unknown(slot);
  const { baseline, deadlineSeconds } = record;
  say(`version ${VERSION} in slot ${slot} is on trial for ${deadlineSeconds} s`);
  const failure = await trial({
    ...{ baseline, deadlineSeconds, look: lookAtHealth },
    seconds: () => performance.now() / 1000,
    wait: (seconds) => after(seconds * 1000),
  });
  const at = new Date().toISOString();
  if (failure !== '') {
    say(`version ${VERSION} has failed its trial: ${failure}; slot ${otherSlot(slot)} starts again`);
    // Whether or not this can be written: the restart is what counts.
    await writeUpdateRecord({ ...record, state: 'rolled-back', at, reason: failure }).catch((error: Error) =>
      say(error.message),
    );
    await runProgram('systemctl', '--no-block', 'reboot');
    return;
  }
  await firmwareWritable(() => keepSlot(updateDisk, FIRMWARE, slot));
  await writeUpdateRecord({ ...record, state: 'kept', at, reason: '' });
  say(`version ${VERSION} has passed its trial and stays`);
}

async function settle(slot: 'a' | 'b'): Promise<void> {
  const record = settled(readUpdateRecord(), slot, new Date().toISOString());
  if (record) await writeUpdateRecord(record);
}

/** The data partition was made anew meanwhile, or somebody has started the other slot by hand. */
function unknown(slot: 'a' | 'b'): UpdateRecord {
  return {
    ...{ state: 'trial', version: VERSION, from: '', slot, at: '', reason: '' },
    ...{ baseline: { locked: false, boundSeconds: null }, deadlineSeconds: TRIAL_SECONDS },
  };
}
