/** Makes a change, or nothing of it. */
import type { AuditActor } from '../audit/audit-sink.ts';
import type { LoadedConfig } from '../config/load.ts';
import { isoTime } from '../time/utc-clock.ts';
import { changedKeys, type KeyChange, needsConfirmation, summaryOf } from './config-diff.ts';
import {
  type PendingRecord,
  removePending,
  restoreFiles,
  type Undo,
  undoOf,
  writeFiles,
  writePending,
} from './pending.ts';
import { invalid, type Refusal, refusal } from './refusal.ts';
import { type Revision, textHash } from './revisions.ts';
import type { RunningConfig } from './running.ts';
import type { Flaw } from './state-folder.ts';
import type { Draft } from './types.ts';

/** `pending`: what must be confirmed, if anything. */
export type Made = { readonly pending: PendingRecord | undefined } | Refusal;

/** A change that turns out to be none is made at once. */
export async function commitDraft(running: RunningConfig, actor: AuditActor, draft: Draft): Promise<Made> {
  const before = running.now;
  const next = draft.config ?? before;
  const { files = [] } = draft;
  if (next.text === before.text && files.length === 0) return { pending: undefined };
  const changes = changedKeys(before.config, next.config);
  const summary = draft.summary ?? summaryOf(changes);
  const confirm = draft.mustConfirm === true || needsConfirmation(changes);
  let undo: Undo;
  try {
    undo = undoOf(files);
  } catch (error) {
    return refusal('failed', `not changed: ${(error as Error).message}`);
  }
  const { revisions, ids } = running.parts;
  const previous = revisions.newest;
  // Numbers that were given stay used, whatever becomes of the change.
  const flaw = await ids.save();
  if (flaw !== '') return refusal('failed', flaw);
  // A change of other files alone makes none, unless it must be possible to take it back.
  const isNew = next.text !== before.text || confirm;
  const kept = isNew ? await running.keep(actor, summary, changes, next.text) : undefined;
  if (kept && 'flaw' in kept) return refusal('failed', kept.flaw);
  const pending =
    confirm && kept && previous ? pendingRecord(running, kept, previous, before, next, undo) : undefined;
  const failed = await write(running, next, files, pending);
  if (failed !== '') {
    const tried = running.now === next;
    await putBack(running, next, before, undo, kept);
    return refusal(tried ? 'conflict' : 'failed', failed);
  }
  report(running, actor, draft, changes, summary);
  return { pending };
}

function pendingRecord(
  { parts }: RunningConfig,
  revision: Revision,
  previous: Revision,
  before: LoadedConfig,
  next: LoadedConfig,
  undo: Undo,
): PendingRecord {
  return {
    revision: revision.id,
    previous: previous.id,
    before: textHash(before.text),
    after: textHash(next.text),
    summary: revision.summary,
    expiresAt: isoTime(parts.clock().millis + before.config.http.confirmSeconds * 1000),
    undo,
  };
}

/** In this order a power cut leaves the old configuration, or the new one with the record to take it back. */
async function write(
  running: RunningConfig,
  next: LoadedConfig,
  files: NonNullable<Draft['files']>,
  record: PendingRecord | undefined,
): Promise<Flaw> {
  const { folder, place } = running.parts;
  const before = running.now;
  const flaw = (record && (await writePending(folder, record))) || (await writeFiles(files, folder.fs));
  if (flaw) return flaw;
  if (next.text !== before.text) {
    const written = await place.write(before.text, next);
    if ('errors' in written) return invalid(written.errors).detail;
  }
  running.now = next;
  return running.takeOver();
}

async function putBack(
  running: RunningConfig,
  from: LoadedConfig,
  to: LoadedConfig,
  undo: Undo,
  revision: Revision | undefined,
): Promise<void> {
  const { folder, place, revisions, warn } = running.parts;
  const flaws: string[] = [await restoreFiles(undo, folder.fs)];
  const read = place.read();
  if ('text' in read && read.text === from.text && from.text !== to.text) {
    const written = await place.write(from.text, to);
    if ('errors' in written) flaws.push(invalid(written.errors).detail);
  }
  if (revision) await revisions.remove(revision.id);
  flaws.push(await removePending(folder));
  if (running.now === from) {
    running.now = to;
    flaws.push(await running.takeOver(true));
  }
  for (const flaw of flaws) if (flaw !== '') warn(`the settings could not be put back: ${flaw}`);
}

function report(
  running: RunningConfig,
  actor: AuditActor,
  draft: Draft,
  changes: readonly KeyChange[],
  summary: string,
): void {
  const { audit, events } = running.parts;
  const values = (which: 'before' | 'after') =>
    Object.fromEntries(changes.map((change) => [change.key, change[which]]));
  const { action, target, before = values('before'), after = values('after') } = draft.audit;
  audit.record({ actor, action, target, before, after });
  const { revision } = running;
  events.raise('config-changed', `${actor.name} changed the settings: ${summary}`, { revision });
  running.tell();
}
