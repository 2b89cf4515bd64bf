/** Updates in words. */
import type { BundleSummary, UpdateRecord, UpdateView } from '../api/update-controls.ts';

export function updateText(view: UpdateView): string {
  const { version, buildDate, slot, last, bundle, reason, problem } = view;
  const rows: [string, string][] = [
    ['running', `${version}, built ${buildDate}${slot === null ? '' : `, slot ${slot}`}`],
    ['last update', last ? recordText(last, view.installing) : 'none'],
    ['lies ready', readyText(bundle)],
  ];
  if (view.uploading) rows.push(['now', 'a bundle is coming in']);
  if (view.installing) rows.push(['now', 'the bundle is being installed']);
  if (problem !== '') rows.push(['not installed', problem]);
  if (reason !== '') rows.push(['not here', reason]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export function bundleText({ version, buildDate, size, signedBy, newer }: BundleSummary): string {
  const rank = newer ? '' : ', not newer than what runs';
  return `version ${version}${rank}, built ${buildDate}, ${megabytes(size)}, signed by key ${signedBy}\n`;
}

export function megabytes(size: number): string {
  return `${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB`;
}

function readyText(bundle: UpdateView['bundle']): string {
  if (!bundle) return 'nothing';
  return bundle.summary ? bundleText(bundle.summary).trimEnd() : `refused: ${bundle.refusal}`;
}

const STATES: Readonly<Record<UpdateRecord['state'], string>> = {
  none: 'nothing was done',
  installing: 'was not installed to the end',
  trial: 'on trial',
  kept: 'was well and is kept',
  'rolled-back': 'was taken back',
  refused: 'was refused',
};

function recordText({ state, version, from, slot, at, reason }: UpdateRecord, installing: boolean): string {
  if (installing && state === 'installing') return `${version} over ${from}, slot ${slot}: being installed`;
  const when = at.slice(0, 19).replace('T', ' ');
  const why = reason === '' ? '' : `: ${reason}`;
  return `${version} over ${from}, slot ${slot}: ${STATES[state]} (${when} UTC)${why}`;
}
