/** The record of the last update: what root has done, for everyone to read. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../../src/config/atomic-file.ts';
import { UPDATE_RECORD, type UpdateRecord } from '../../src/update/update-status.ts';
import { otherSlot, type Slot } from './slot.ts';

const MODE = 0o644;

/** @throws Error of a line where it can't be written. */
export async function writeUpdateRecord(record: UpdateRecord, path: string = UPDATE_RECORD): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const result = await writeFileAtomic(path, `${JSON.stringify(record)}\n`, MODE);
  if (!result.written) throw new Error(`${path}: ${result.reason}`);
}

/**
 * What the system that starts by default makes of the record that it finds: an update that is not under way any more was
 * kept or has failed. Undefined: it is right as it is.
 */
export function settled(
  record: UpdateRecord | undefined,
  running: Slot,
  at: string,
): UpdateRecord | undefined {
  if (record?.state === 'installing')
    return { ...record, state: 'refused', at, reason: 'the installation was interrupted: start it again' };
  if (record?.state !== 'trial') return undefined;
  // The power went between the letter in config.txt and the record.
  if (record.slot === running) return { ...record, state: 'kept', at, reason: '' };
  const reason =
    record.reason ||
    `the new system did not start, or was restarted before it had proved itself; slot ${otherSlot(record.slot)} goes on`;
  return { ...record, state: 'rolled-back', at, reason };
}
