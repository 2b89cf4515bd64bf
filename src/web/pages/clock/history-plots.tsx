import type { HistoryState, Recorded, SeriesName } from '../../history.ts';
import { Card, Columns } from '../../ui/layout.tsx';
import { fixed, ns, nsMark, ppm, share } from '../../ui/number.ts';
import { Plot, type PlotProps, type PlotSeries } from '../../ui/plot.tsx';

export const SERIES = [
  'ppsOffsetNs',
  'boundNs',
  'offsetNs',
  'ratePpm',
  'temperatureC',
  'load',
  'satellites',
] as const satisfies SeriesName[];

interface Shown {
  readonly name: SeriesName;
  readonly title: string;
  readonly note?: string;
  readonly label: string;
  readonly colour: string;
  readonly format: PlotProps['format'];
  readonly formatAxis?: NonNullable<PlotProps['formatAxis']>;
  readonly leastSpan?: number;
}

const PLOTS: readonly Shown[] = [
  {
    name: 'ppsOffsetNs',
    title: 'PPS against the clock',
    note: 'edge − clock',
    label: 'PPS offset',
    colour: 'plot-1',
    format: (value) => ns(value, true),
    formatAxis: nsMark,
    leastSpan: 100,
  },
  {
    name: 'boundNs',
    title: 'Error bound',
    label: 'bound',
    colour: 'plot-2',
    format: ns,
    formatAxis: nsMark,
    leastSpan: 100,
  },
  {
    name: 'offsetNs',
    title: 'Local clock against UTC',
    note: 'what the answers correct for',
    label: 'offset',
    colour: 'plot-3',
    format: (value) => ns(value, true),
    formatAxis: nsMark,
    leastSpan: 1000,
  },
  {
    name: 'ratePpm',
    title: 'Rate of the local clock',
    label: 'rate',
    colour: 'plot-3',
    format: (value) => ppm(value),
    leastSpan: 0.01,
  },
  {
    name: 'temperatureC',
    title: 'Temperature',
    label: 'board',
    colour: 'plot-2',
    format: (value) => fixed(value, 1, '°C'),
    leastSpan: 1,
  },
  { name: 'load', title: 'Processor load', label: 'load', colour: 'plot-4', format: share, leastSpan: 0.1 },
];

export function HistoryPlots({ recorded }: { readonly recorded: HistoryState }) {
  if (!recorded.history) return null;
  return (
    <Columns least="24rem">
      {PLOTS.map((shown) => (
        <Card key={shown.name} title={shown.title} note={shown.note}>
          <Recording shown={shown} recorded={recorded} />
        </Card>
      ))}
    </Columns>
  );
}

function Recording({ shown, recorded }: { readonly shown: Shown; readonly recorded: HistoryState }) {
  const { history, range } = recorded;
  const own = history?.series[shown.name];
  if (!history || !own) return <p class="muted">Not recorded.</p>;
  const { title, label, colour, format, formatAxis, leastSpan = 0 } = shown;
  const series: PlotSeries = { label, colour, values: own.mean, least: own.min, most: own.max };
  return (
    <Plot
      label={`${title}: ${inWords(own, format)}`}
      x={history.x}
      range={range}
      series={[series]}
      format={format}
      {...(formatAxis && { formatAxis })}
      leastSpan={leastSpan}
      height={160}
    />
  );
}

function inWords({ min, max }: Recorded, format: PlotProps['format']): string {
  const low = min.filter((value) => value !== null);
  const high = max.filter((value) => value !== null);
  if (low.length === 0) return 'nothing recorded';
  return `from ${format(Math.min(...low))} to ${format(Math.max(...high))}`;
}
