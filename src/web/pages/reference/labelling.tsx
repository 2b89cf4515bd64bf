/** Whether it is sure which second an edge marks, and by how much. */
import type { Status } from '../../../status/status.ts';
import type { TracePoint } from '../../trace.ts';
import { Facts, Notice } from '../../ui/layout.tsx';
import { count, NOTHING } from '../../ui/number.ts';
import { Plot } from '../../ui/plot.tsx';
import { Utc } from '../../ui/time.tsx';

const STATES = {
  waiting: 'waiting for edges and sentences',
  labelling: 'proving the first label',
  refusing: 'refusing to label',
  labelled: 'proven',
} as const;
const SOURCES = {
  configured: 'as configured',
  learned: 'learned',
  nominal: 'as usual for such receivers',
} as const;
const SPAN = 1800;

const ms = (seconds: number | null | undefined) =>
  typeof seconds === 'number' ? `${(seconds * 1000).toFixed(0)} ms` : NOTHING;

interface Props {
  readonly status: Status;
  readonly trace: readonly TracePoint[];
}

export function Labelling({ status: { reference: r }, trace }: Props) {
  const refused = Object.entries(r.edgesRefused);
  return (
    <>
      {r.reason !== '' && <Notice tone="warn">{r.reason}</Notice>}
      <Facts
        rows={[
          ['Label', STATES[r.state]],
          ['Margin', `${ms(r.margin)} of 500 ms at most`],
          [
            'Burst delay',
            `${ms(r.burstDelay.mean)} ± ${ms(r.burstDelay.jitter)}, ${SOURCES[r.burstDelay.source]}`,
          ],
          ['Agreeing bursts', `${r.agreeing} (${r.agreementNeeded} needed)`],
          ['Last label', <Utc at={r.lastLabel} />],
          ['Date repair', r.weekRepair === 0 ? 'none' : `${r.weekRepair} weeks added`],
          ['Edges labelled', count(r.edgesLabelled)],
          ['Edges refused', refused.map(([why, n]) => `${why} ${count(n)}`).join(', ') || 'none'],
        ]}
      />
      <MarginTrace trace={trace} />
    </>
  );
}

function MarginTrace({ trace }: { readonly trace: readonly TracePoint[] }) {
  const end = trace.at(-1)?.at ?? Date.now() / 1000;
  const shown = trace.filter(({ at }) => at > end - SPAN);
  const values = shown.map(({ marginSeconds }) => (marginSeconds === null ? null : marginSeconds * 1000));
  const last = values.at(-1);
  return (
    <Plot
      label={`Label margin of the last half hour; now ${last === null || last === undefined ? 'not known' : `${last.toFixed(0)} ms`}`}
      x={shown.map(({ at }) => at)}
      range={[Math.min(Math.max(end - SPAN, shown[0]?.at ?? 0), end - 30), end]}
      series={[{ label: 'margin', colour: 'plot-4', values }]}
      format={(value) => (typeof value === 'number' ? `${value.toFixed(0)} ms` : NOTHING)}
      leastSpan={50}
      height={120}
    />
  );
}
