/** `timeball audit list|verify|export`: who did what, and whether the record of it is as it was written. */
import { readFileSync, statSync } from 'node:fs';
import type { AuditPage, Verdict } from '../api/audit-controls.ts';
import { FileStore } from '../audit/file-store.ts';
import { verifyStore, verifyText } from '../audit/verify.ts';
import { askAppliance, exchange, type Target } from './ask-appliance.ts';
import { CliError, EX_DATAERR, EX_NOINPUT, EX_USAGE } from './exit-codes.ts';
import { table } from './text-table.ts';

const VERBS = ['list', 'verify', 'export'];

/** @throws CliError, EX_DATAERR where the record was tampered with. */
export async function auditCommand(
  target: Target,
  [verb = 'list', file]: readonly string[],
  { json, limit }: { readonly json: boolean; readonly limit: number },
): Promise<void> {
  if (verb === 'verify') return verify(target, file, json);
  if (file !== undefined)
    throw new CliError(`timeball audit: only verify takes a FILE: leave out ${file}`, EX_USAGE);
  if (verb === 'list') return list(target, json, limit);
  if (verb === 'export') {
    const { status, text } = await exchange('timeball audit', target, '/api/v1/audit/export', {});
    if (status >= 300) await askAppliance('timeball audit', target, '/api/v1/audit/export');
    process.stdout.write(text);
    return;
  }
  throw new CliError(`timeball audit: ${verb} is not possible: use one of ${VERBS.join(', ')}`, EX_USAGE);
}

async function list(target: Target, json: boolean, limit: number): Promise<void> {
  const page = await askAppliance<AuditPage>('timeball audit', target, `/api/v1/audit?limit=${limit}`);
  process.stdout.write(json ? `${JSON.stringify(page)}\n` : auditText(page));
}

/** The newest last, where the eye is. */
export function auditText({ total, items }: AuditPage): string {
  const rows = items.map(({ seq, at, actor, action, target, before, after }) => [
    String(seq),
    at.slice(0, 19).replace('T', ' '),
    actor.address === '' ? `${actor.name} (${actor.via})` : `${actor.name} (${actor.via} ${actor.address})`,
    action,
    target,
    changeText(before, after),
  ]);
  const head = ['no.', 'time (UTC)', 'who', 'action', 'what', 'old -> new'];
  const shown = items.length < total ? `, ${items.length} shown` : '';
  return `${table([head, ...rows.reverse()])}${total} entries${shown}\n`;
}

const LONGEST = 120;

function changeText(before: unknown, after: unknown): string {
  if (before === null && after === null) return '';
  const text = `${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

async function verify(target: Target, file: string | undefined, json: boolean): Promise<void> {
  const verdict =
    file === undefined
      ? await askAppliance<Verdict>('timeball audit', target, '/api/v1/audit/verify')
      : await verifyFile(file);
  if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  else if (verdict.ok) process.stdout.write(verdictText(verdict));
  if (!verdict.ok) throw new CliError(`timeball audit: ${verdictText(verdict).trimEnd()}`, EX_DATAERR);
}

/** An export, one file of the record, or the folder of it. */
async function verifyFile(path: string): Promise<Verdict> {
  try {
    if (statSync(path).isDirectory()) return await verifyStore(new FileStore(path));
    return await verifyText(path, readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'does not exist: name another file' : `can not be read (${code ?? message})`;
    throw new CliError(`timeball audit: ${path} ${why}`, EX_NOINPUT);
  }
}

export function verdictText({ entries, ok, firstBad, head }: Verdict): string {
  if (ok || !firstBad)
    return `${entries} entries, none changed or missing; the last is ${head.seq}, ${head.hash}\n`;
  const { seq, file, line, reason } = firstBad;
  const where = line > 0 ? `${file} line ${line}${seq === null ? '' : ` (entry ${seq})`}` : 'the record';
  return `the record was changed: ${where}: ${reason}; ${entries} entries before it are sound\n`;
}
