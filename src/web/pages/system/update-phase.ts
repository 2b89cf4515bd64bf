/** Where an update stands, by what the appliance says of it, and by what it can't say while it restarts. */
import type { UpdateView } from '../../../api/update-controls.ts';

export type UpdatePhase = 'idle' | 'installing' | 'restarting' | 'trial' | 'kept' | 'back' | 'refused';

/** What was asked for on this page. */
export interface Asked {
  readonly version: string;
  /** When the last record was made at that time; undefined: there was none. */
  readonly lastAt: string | undefined;
}

/** `silent`: the appliance does not answer now. */
export function phaseOf(view: UpdateView, asked: Asked | undefined, silent: boolean): UpdatePhase {
  const { last, installing, problem } = view;
  // The last that it said before it fell silent was that it is about to.
  const expected = asked !== undefined || installing || last?.state === 'trial';
  if (silent) return expected ? 'restarting' : 'idle';
  if (installing) return 'installing';
  if (problem !== '') return 'refused';
  // Nothing has become of it yet.
  if (asked && asked.lastAt === last?.at) return 'installing';
  switch (last?.state) {
    case 'trial':
      return onTrial(view) ? 'trial' : 'restarting';
    case 'kept':
      return 'kept';
    case 'rolled-back':
      return 'back';
    case 'refused':
      return 'refused';
  }
  return 'idle';
}

/** Whether the new system is the one that says so, and not the old one that is about to restart. */
function onTrial({ last, slot, version }: UpdateView): boolean {
  return slot === null ? last?.version === version : last?.slot === slot;
}

export interface ProgressText {
  readonly tone: 'info' | 'good' | 'warn' | 'bad';
  /** Empty: there is nothing to say. */
  readonly head: string;
  readonly text: string;
}

export function progressText(view: UpdateView, phase: UpdatePhase): ProgressText {
  const { last, problem } = view;
  const version = last?.version ?? '';
  const why = last?.reason ? `: ${last.reason}` : '';
  switch (phase) {
    case 'installing':
      return said('info', 'Being installed.', 'This takes some minutes; the time is served meanwhile.');
    case 'restarting':
      return said(
        'info',
        'The appliance restarts.',
        'This page waits for it. No time is served until the clock is locked again.',
      );
    case 'trial':
      return said('warn', `Version ${version} is on trial.`, trialText(view));
    case 'kept':
      return said('good', `Version ${version} is kept.`, 'It was well in its trial.');
    case 'back':
      return said('bad', `Version ${version} was taken back.`, `${last?.from} runs again${why}.`);
    case 'refused':
      return said('bad', 'Not installed:', `${problem || last?.reason || 'it was refused'}.`);
  }
  return said('info', '', '');
}

function said(tone: ProgressText['tone'], head: string, text: string): ProgressText {
  return { tone, head, text };
}

function trialText({ last }: UpdateView): string {
  const minutes = Math.round((last?.deadlineSeconds ?? 0) / 60);
  const good = last?.baseline.locked ? ' and its clock is locked as well as before' : '';
  return `It is kept once it has run well for a while${good}, within ${minutes} min; else ${last?.from} comes back by itself.`;
}
