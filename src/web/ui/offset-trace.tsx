/** Each edge against the clock's prediction, second by second. */
import type { TracePoint } from '../trace.ts';
import { ns, nsMark } from './number.ts';
import { Plot } from './plot.tsx';

export function OffsetTrace(props: {
  readonly trace: readonly TracePoint[];
  readonly seconds: number;
  readonly height: number;
}) {
  const { trace, seconds, height } = props;
  const end = trace.at(-1)?.at ?? Date.now() / 1000;
  const shown = trace.filter(({ at }) => at > end - seconds);
  // A trace that has just begun need not be a dot at the edge of an empty field.
  const begin = Math.min(Math.max(end - seconds, shown[0]?.at ?? 0), end - 30);
  const values = shown.map(({ residualNs }) => residualNs);
  const known = values.filter((value) => value !== null);
  const label =
    known.length === 0
      ? 'PPS offset: no edge yet'
      : `PPS offset of the last ${known.length} edges: from ${ns(Math.min(...known), true)} to ${ns(Math.max(...known), true)}`;
  return (
    <Plot
      label={label}
      x={shown.map(({ at }) => at)}
      range={[begin, end]}
      series={[{ label: 'edge − clock', colour: 'plot-1', values, points: seconds <= 300 }]}
      format={(value) => ns(value, true)}
      formatAxis={nsMark}
      leastSpan={100}
      height={height}
    />
  );
}
