import type { EventItem } from '../../../api/events-controls.ts';

export type Severity = EventItem['severity'];

const TONES: Readonly<Record<Severity, string>> = {
  info: '',
  warning: 'warn',
  error: 'bad',
  critical: 'bad',
};

export function SeverityTag({ severity }: { readonly severity: Severity }) {
  return <span class={`tag ${TONES[severity]}`}>{severity}</span>;
}

/** Least severity; empty: all. */
export const SEVERITY_OPTIONS: readonly { readonly value: Severity | ''; readonly label: string }[] = [
  { value: '', label: 'all' },
  { value: 'warning', label: 'warning and worse' },
  { value: 'error', label: 'error and worse' },
  { value: 'critical', label: 'critical' },
];
