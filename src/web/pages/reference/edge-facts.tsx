import type { Status } from '../../../status/status.ts';
import { Facts } from '../../ui/layout.tsx';
import { count, duration, fixed, NOTHING, ns } from '../../ui/number.ts';

export function EdgeFacts({ status: { pps, reference, quality } }: { readonly status: Status }) {
  const { lastHour, lastDay } = quality;
  const width = reference.pulseWidth;
  return (
    <Facts
      rows={[
        ['Device', `${pps.device.device} – ${pps.device.state}`],
        ...(pps.device.reason === '' ? [] : [['', <span class="bad">{pps.device.reason}</span>] as const]),
        ['Last edge', pps.secondsSinceEdge === null ? 'never' : `${fixed(pps.secondsSinceEdge, 1)} s ago`],
        ['Jitter', ns(pps.jitterNs)],
        ['Pulse', typeof width === 'number' ? `${(width * 1000).toFixed(1)} ms wide` : NOTHING],
        ['Edges', `${count(pps.edges)}; ${count(reference.samples.taken)} used, ${late(reference.samples)}`],
        ['Last hour', figures(lastHour)],
        ['Last day', figures(lastDay)],
        [
          'Last sample',
          reference.secondsSinceSample === null ? NOTHING : `${duration(reference.secondsSinceSample)} ago`,
        ],
      ]}
    />
  );
}

function late({ late, rejected }: Status['reference']['samples']): string {
  return `${count(late)} late, ${count(rejected)} rejected`;
}

function figures(error: Status['quality']['lastHour']): string {
  if (!error) return NOTHING;
  const { rmsNs, p99Ns, minNs, maxNs } = error;
  return `rms ${ns(rmsNs)}, 99 % within ${ns(p99Ns)}, ${ns(minNs, true)} to ${ns(maxNs, true)}`;
}
