import { receiverModelText } from '../../../status/receiver-model-text.ts';
import type { Status } from '../../../status/status.ts';
import { Facts } from '../../ui/layout.tsx';
import { count, duration, fixed, NOTHING } from '../../ui/number.ts';

const FIXES = { '3D': '3-D', '2D': '2-D', none: 'none', unknown: 'not known yet' } as const;

export function ReceiverFacts({ receiver: r }: { readonly receiver: Status['receiver'] }) {
  const { latitude, longitude, altitude, hdop } = r;
  const rejected = Object.entries(r.rejected);
  const known = typeof latitude === 'number' && typeof longitude === 'number';
  return (
    <Facts
      rows={[
        ['Model', receiverModelText(r.model) || 'it does not tell'],
        ['Fix', FIXES[r.fixType]],
        ['Satellites used', count(r.satellitesUsed)],
        ['Dilution (HDOP)', fixed(hdop, 1)],
        ['Position', known ? `${degrees(latitude, 'N', 'S')}, ${degrees(longitude, 'E', 'W')}` : NOTHING],
        ['Altitude', fixed(altitude, 1, 'm')],
        ['Line', `${r.device.device} – ${r.device.state}`],
        ...(r.device.reason === '' ? [] : [['', <span class="bad">{r.device.reason}</span>] as const]),
        ['Last bytes', r.secondsSinceBytes === null ? 'never' : `${duration(r.secondsSinceBytes)} ago`],
        ['Bytes so far', count(r.bytes)],
        ['Sentences', sentences(r.sentences)],
        [
          'Rejected',
          rejected.length === 0 ? 'none' : rejected.map(([why, n]) => `${why} ${count(n)}`).join(', '),
        ],
      ]}
    />
  );
}

function degrees(value: number, positive: string, negative: string): string {
  return `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`;
}

function sentences(counts: Status['receiver']['sentences']): string {
  const entries = Object.entries(counts).sort(([a], [b]) => a.localeCompare(b));
  return entries.map(([name, n]) => `${name} ${count(n)}`).join(', ') || 'none yet';
}
