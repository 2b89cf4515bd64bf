import type { TracePoint } from '../../trace.ts';
import { rate } from '../../ui/number.ts';
import { Plot } from '../../ui/plot.tsx';

export function RequestTrace({ trace }: { readonly trace: readonly TracePoint[] }) {
  const end = trace.at(-1)?.at ?? Date.now() / 1000;
  const answered = trace.map(({ answeredPerSecond }) => answeredPerSecond);
  const refused = trace.map(({ refusedPerSecond }) => refusedPerSecond);
  return (
    <Plot
      label={`Requests per second: ${rate(answered.at(-1))} answered and ${rate(refused.at(-1))} not, now`}
      x={trace.map(({ at }) => at)}
      range={[Math.min(trace[0]?.at ?? end, end - 60), end]}
      series={[
        { label: 'answered', colour: 'plot-1', values: answered },
        { label: 'not answered', colour: 'plot-2', values: refused, dashed: true },
      ]}
      format={rate}
      floor={0}
      leastSpan={2}
      height={200}
    />
  );
}
