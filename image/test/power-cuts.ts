/**
 * Power cuts, offline: what QEMU has recorded of the card's writes is played again up to a moment, and what is there then
 * is mended as the board would mend it and looked at. A card keeps what it was told to make safe; of what came after
 * that, any part may be there.
 */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileStore } from '../../src/audit/file-store.ts';
import { verifyStore } from '../../src/audit/verify.ts';
import { loadConfig } from '../../src/config/load.ts';
import { DATA, SECTOR } from '../build/layout.ts';
import { copySparse, run } from '../build/shell.ts';
import { readWriteLog, type Write, type WriteLog } from './write-log.ts';

export interface CutOptions {
  /** The card as it was before the first recorded write. */
  readonly card: string;
  readonly log: string;
  readonly folder: string;
  readonly cuts: number;
  /** Finds the number that is counted up in the settings; undefined where they have none yet. */
  readonly count: (config: string) => number | undefined;
}

export interface CutResult {
  readonly cuts: number;
  readonly writes: number;
  /** A line for each cut after which something was wrong. */
  readonly flaws: readonly string[];
  /** The last number that was in the settings. */
  readonly reached: number;
}

export async function powerCuts({ card, log: path, folder, cuts, count }: CutOptions): Promise<CutResult> {
  const log = readWriteLog(path);
  const writes = log.writes.filter((write) => write.flush || write.sector >= DATA.start);
  const data = writes.filter(({ sectors, discard }) => sectors > 0 && !discard).length;
  const base = join(folder, 'cut-base.img');
  takeData(card, base);
  const moments = Array.from({ length: cuts }, (_, n) => Math.floor((writes.length * (n + 1)) / cuts));
  const flaws: string[] = [];
  let safe = 0;
  let reached = -1;
  for (const [n, moment] of moments.entries()) {
    const flushed = lastFlush(writes, moment);
    apply(base, log, writes.slice(safe, flushed));
    safe = Math.max(safe, flushed);
    const cut = join(folder, 'cut.img');
    copySparse(base, cut);
    // Every other time all that was written is there, else half of it, whichever.
    const pending = writes.slice(safe, moment);
    apply(cut, log, n % 2 === 0 ? pending : pending.filter((_write, index) => mixed(n, index)));
    const found = await look(cut, folder, count);
    if (typeof found === 'string') flaws.push(`cut ${n + 1} after write ${moment}: ${found}`);
    else if (found < reached) flaws.push(`cut ${n + 1}: the settings are back at ${found} from ${reached}`);
    else reached = found;
  }
  log.close();
  return { cuts, writes: data, flaws, reached };
}

/** Half of all, the same in each run. */
function mixed(n: number, index: number): boolean {
  return ((n * 7919 + index * 104_729) >> 3) % 2 === 0;
}

function lastFlush(writes: readonly Write[], before: number): number {
  for (let at = before - 1; at >= 0; at--) if (writes[at]?.flush) return at;
  return 0;
}

/** The data partition up to the card's end, as a file. */
function takeData(card: string, into: string): void {
  rmSync(into, { force: true });
  run('dd', [
    ...[`if=${card}`, `of=${into}`, 'bs=1M', `skip=${(DATA.start * SECTOR) / 1048576}`],
    ...['conv=sparse', 'status=none'],
  ]);
}

function apply(image: string, log: WriteLog, writes: readonly Write[]): void {
  const file = openSync(image, 'r+');
  for (const write of writes)
    if (write.sectors > 0 && !write.discard && write.sector >= DATA.start)
      writeSync(file, log.read(write), 0, write.sectors * SECTOR, (write.sector - DATA.start) * SECTOR);
  closeSync(file);
}

/** The number in the settings, -1 before there are any; or a line what is wrong. */
async function look(image: string, folder: string, count: CutOptions['count']): Promise<number | string> {
  const mended = run('sh', ['-c', `e2fsck -p ${image} >/dev/null 2>&1; echo $?`]).trim();
  if (Number(mended) >= 4) return `e2fsck -p gives up (${mended})`;
  const files = join(folder, 'cut-files');
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  run('sh', ['-c', `debugfs -R 'rdump /timeball ${files}' ${image} 2>/dev/null || true`]);
  const state = join(files, 'timeball');
  const config = join(state, 'timeball.yaml');
  if (!existsSync(config)) return -1;
  const loaded = loadConfig(config);
  if ('errors' in loaded) return `the settings are broken: ${loaded.errors[0]?.message}`;
  const audit = await auditFlaw(state);
  if (audit !== '') return audit;
  return count(readFileSync(config, 'utf8')) ?? -1;
}

async function auditFlaw(state: string): Promise<string> {
  const store = new FileStore(join(state, 'audit'));
  store.open();
  const verdict = await verifyStore(store);
  return verdict.firstBad ? `the audit record is broken: ${JSON.stringify(verdict.firstBad)}` : '';
}

/** An empty log for QEMU to write to. */
export function emptyLog(path: string): string {
  const file = openSync(path, 'w');
  ftruncateSync(file, 0);
  closeSync(file);
  return path;
}
