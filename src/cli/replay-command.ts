/** The command around `replayFile`: options in, text or JSON out. */
import { BUILD_DATE } from '../build-info.ts';
import { parseUtc, type UtcReading } from '../time/utc.ts';
import { type ReplayResult, replayFile } from './replay.ts';

export interface ReplayOptions {
  readonly rebase: 'now' | undefined;
  readonly json: boolean;
  readonly buildDate: UtcReading | undefined;
}

export async function replayCommand(path: string, options: ReplayOptions): Promise<void> {
  const result = replayFile(path, {
    rebase: options.rebase === 'now',
    buildDay: (options.buildDate ?? parseUtc(BUILD_DATE))?.day ?? 0,
    now: Math.floor(Date.now() / 1000),
  });
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : replayText(result));
}

function replayText(r: ReplayResult): string {
  const counts = (table: Readonly<Record<string, number>>) =>
    Object.entries(table)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  const rows: [string, string][] = [
    ['outcome', r.reason === '' ? r.outcome : `${r.outcome}: ${r.reason}`],
    ['first second', r.firstSecond ?? '-'],
    ['last second', r.lastSecond ?? '-'],
    [
      'week repair',
      r.weekRepair === 0
        ? 'none'
        : `${r.weekRepair} weeks added: the log is older than this build; --build-date DATE takes another day for it`,
    ],
    ['edges labelled', String(r.edgesLabelled)],
    ['edges refused', counts(r.edgesRefused)],
    ['sentences', counts(r.sentences)],
    ['rejected', counts(r.rejected)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}  ${value}\n`).join('');
}
