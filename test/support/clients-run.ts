/** Which clients of others were run, told in the end in one line: a skipped test is easily overlooked. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder in which every test process notes the clients that it ran. */
    clientsRun: string;
  }
}

interface Note {
  /** With its version. */
  readonly client: string;
  readonly use: string;
  readonly state: 'pass' | 'fail' | 'skip';
  /** Why it was skipped. */
  readonly reason: string;
}

/** Runs before all test files; what it returns runs after them. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'timeball-clients-'));
  project.provide('clientsRun', folder);
  return () => {
    const notes = readdirSync(folder).flatMap((name) => read(join(folder, name)));
    rmSync(folder, { recursive: true });
    if (notes.length > 0) process.stdout.write(`${summary(notes)}\n`);
  };
}

/** Notes in `folder` what becomes of this test. */
export function noteRun(context: TestContext, folder: string, client: string, use: string): void {
  context.onTestFinished(({ task: { result } }) => {
    const state = result?.state === 'pass' || result?.state === 'skip' ? result.state : 'fail';
    // Missing in the type, but there where the test was skipped.
    const { note: reason = '' } = (result ?? {}) as { readonly note?: string };
    const note: Note = { client, use, state, reason };
    appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(note)}\n`);
  });
}

/** `interop clients run: chronyd 4.6.1 (plain, xleave), ntpdig 1.2.3; failed: …; not run: ntpd 1.2.3: REASON` */
export function summary(notes: readonly Note[]): string {
  const failed = listed(notes.filter(({ state }) => state === 'fail'));
  const skipped = notes.filter(({ state }) => state === 'skip');
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return [
    `interop clients run: ${listed(notes.filter(({ state }) => state === 'pass')) || 'none'}`,
    ...(failed === '' ? [] : [`failed: ${failed}`]),
    ...reasons.map((why) => `not run: ${listed(skipped.filter(({ reason }) => reason === why))}: ${why}`),
  ].join('; ');
}

/** Each client once, with all its uses. */
function listed(notes: readonly Note[]): string {
  const clients = [...new Set(notes.map(({ client }) => client))].sort();
  const entries = clients.map((client) => {
    const uses = new Set(notes.filter((note) => note.client === client).map(({ use }) => use));
    uses.delete('');
    return uses.size === 0 ? client : `${client} (${[...uses].sort().join(', ')})`;
  });
  return entries.join(', ');
}

function read(path: string): Note[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Note);
}
