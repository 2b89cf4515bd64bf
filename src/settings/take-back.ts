/** Undoes a change that nobody has confirmed, while the appliance runs. */
import type { AuditActor } from '../audit/audit-sink.ts';
import { parseConfig } from '../config/load.ts';
import { changedKeys } from './config-diff.ts';
import { type PendingRecord, removePending, restoreFiles } from './pending.ts';
import { invalid, type Refusal, refusal } from './refusal.ts';
import type { RunningConfig } from './running.ts';

/** The configuration says what the change has made of it. What can't be written is undone at the next start. */
export async function takeBack(
  running: RunningConfig,
  record: PendingRecord,
  actor: AuditActor,
  why: string,
): Promise<Refusal | undefined> {
  const { folder, place, revisions, audit, events, warn } = running.parts;
  const before = running.now;
  const text = revisions.text(record.previous);
  const old = text === undefined ? undefined : parseConfig(text, before.file);
  if (!old || 'errors' in old)
    return refusal('failed', `revision ${record.previous} is damaged: it stays as it is`);
  const flaws: string[] = [await restoreFiles(record.undo, folder.fs)];
  if (old.text !== before.text) {
    const written = await place.write(before.text, old);
    if ('errors' in written) flaws.push(invalid(written.errors).detail);
  }
  if (!flaws.some((flaw) => flaw !== '')) flaws.push(await removePending(folder));
  running.now = old;
  flaws.push(await running.takeOver(true));
  const summary = `${why}: ${record.summary}`;
  const kept = await running.keep(actor, summary, changedKeys(before.config, old.config), old.text);
  if ('flaw' in kept) flaws.push(kept.flaw);
  for (const flaw of flaws) if (flaw !== '') warn(`while taking back the settings: ${flaw}`);
  const target = `revision ${record.revision}`;
  audit.record({ actor, action: 'config.roll-back', target, before: record.summary, after: why });
  events.raise('config-rolled-back', `the settings went back: ${summary}`, { revision: running.revision });
  running.tell();
  return undefined;
}
