/** The table of the README's accuracy section. */
import type { Judgement } from './discipline.ts';
import { CHRONYD } from './peer-accuracy.ts';
import { duration, nanoseconds } from './plot-axes.ts';

export interface Result extends Judgement {
  readonly name: string;
}

export const BEGIN = '<!-- accuracy: begin -->';
export const END = '<!-- accuracy: end -->';

/** Two tables in Markdown: where edges exist, and where they were missing. */
export function accuracyTable(results: readonly Result[]): string {
  const gaps = results.flatMap((result) => result.gaps.map((_, index) => gapRow(result, index)));
  const locked = table(
    ['Trace', 'rms / 95 % / max', 'chronyd: rms / 95 % / max', 'median bound', 'within bound', 'lock after'],
    results.map(lockedRow),
  );
  if (gaps.length === 0) return locked;
  const header = [
    'Gap',
    'length',
    'worst error',
    'error at the end',
    'bound at the end',
    'under 1 µs again after',
    'chronyd',
  ];
  return `${locked}\n\n${table(header, gaps)}`;
}

export function hasMarks(text: string): boolean {
  return text.includes(BEGIN) && text.indexOf(BEGIN) < text.indexOf(END);
}

/** The text with `content` between the marks, which must be there. Doing it twice changes nothing more. */
export function replaceBetweenMarks(text: string, content: string): string {
  return `${text.slice(0, text.indexOf(BEGIN) + BEGIN.length)}\n${content}\n${text.slice(text.indexOf(END))}`;
}

function lockedRow(result: Result): string[] {
  const { name, lockedRmsNs, lockedP95Ns, lockedMaxNs, medianBoundNs, coverage, lockSeconds } = result;
  const peer = CHRONYD[name];
  return [
    name,
    `**${nanoseconds(lockedRmsNs)}** / ${nanoseconds(lockedP95Ns)} / ${nanoseconds(lockedMaxNs)}`,
    peer ? [peer.rmsNs, peer.p95Ns, peer.maxNs].map(nanoseconds).join(' / ') : '–',
    nanoseconds(medianBoundNs),
    percent(coverage),
    lockSeconds === null ? 'never' : `${lockSeconds} s`,
  ];
}

function gapRow(result: Result, index: number): string[] {
  const { name, gaps } = result;
  const gap = gaps[index] as Result['gaps'][number];
  const peer = CHRONYD[name]?.gapsNs?.[index];
  return [
    name,
    duration(gap.end - gap.start),
    `**${nanoseconds(gap.maxErrorNs)}**`,
    nanoseconds(gap.endErrorNs),
    nanoseconds(gap.boundAtEndNs),
    gap.recoverySeconds === null ? '–' : `${gap.recoverySeconds} s`,
    peer === undefined ? '–' : nanoseconds(peer),
  ];
}

/** Rounded down, so that 100 % means every second. */
function percent(share: number): string {
  return `${Math.floor(share * 100_000) / 1000} %`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
