/** What uPlot is told: scales, axes and strokes. */
import type uPlot from 'uplot';
import type { PlotProps } from './plot.tsx';

/** How the values of the x axis read. */
export function axesOf({ xKind = 'time', formatX }: PlotProps): { formatX: (value: number) => string } {
  if (formatX) return { formatX };
  return { formatX: xKind === 'time' ? (seconds) => isoOf(seconds).slice(0, 19).replace('T', ' ') : String };
}

/** `current`: the props as they are when uPlot asks. */
export function optionsOf(
  current: () => PlotProps,
  width: number,
  height: number,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const { xKind = 'time', yKind = 'linear', series } = current();
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('muted'),
    font: `11px ${style.getPropertyValue('--sans')}`,
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    // On the whole the page is in UTC; uPlot reads the parts of a date by their local names.
    tzDate: (seconds) => new Date(seconds * 1000 + new Date(seconds * 1000).getTimezoneOffset() * 60_000),
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    padding: [8, 20, 0, 0],
    scales: {
      x: {
        time: xKind === 'time',
        ...(xKind === 'log' && { distr: 3 as const, log: 2 as const }),
        range: (_plot, low, high) => [...(current().range ?? [low, high])] as [number, number],
      },
      y:
        yKind === 'log'
          ? { distr: 3, log: 10 }
          : { range: (_plot, low, high) => spanOf(current(), low, high) },
    },
    axes: [
      {
        ...axis,
        space: 70,
        size: 26,
        values: (_plot, splits, _axis, _space, step) =>
          splits.map((value) => (xKind === 'time' ? clockText(value, step) : labelOf(current(), value))),
      },
      {
        ...axis,
        size: (_plot, marks) => 14 + 6.2 * Math.max(4, ...(marks ?? []).map((mark) => mark?.length ?? 0)),
        space: 24,
        values: (_plot, splits) => marksOf(current(), splits),
        ...(yKind === 'log' && { filter: (_plot: uPlot, splits: number[]) => splits.map(wholeDecade) }),
      },
    ],
    series: [{}, ...series.flatMap((one) => strokesOf(one, colour))],
    bands: bandsOf(current(), colour),
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

type Colour = (name: string) => string;

function strokesOf(one: PlotProps['series'][number], colour: Colour): uPlot.Series[] {
  const line: uPlot.Series = {
    stroke: colour(one.colour),
    width: 1.5,
    points: { show: one.points ?? false, size: 5, filter: alone },
    spanGaps: false,
    ...(one.dashed && { dash: [5, 4] }),
  };
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  return one.least && one.most ? [line, edge, edge] : [line];
}

/** Where no points are shown, those that no line leads to or from: else nothing would show them. */
function alone(plot: uPlot, series: number, show: boolean): number[] | null {
  if (show) return null;
  const values = Array.from(plot.data[series] ?? []);
  const gap = (place: number) => (values[place] ?? null) === null;
  return values.flatMap((_, place) => (!gap(place) && gap(place - 1) && gap(place + 1) ? [place] : []));
}

function bandsOf({ series }: PlotProps, colour: Colour): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let place = 1;
  for (const one of series) {
    if (one.least && one.most)
      bands.push({ series: [place + 2, place + 1], fill: `${colour(one.colour)}33` });
    place += one.least && one.most ? 3 : 1;
  }
  return bands;
}

/** A little air around the data, and never so little span that noise in the last digit looks like news. */
function spanOf(
  { leastSpan = 0, floor }: PlotProps,
  low: number | null,
  high: number | null,
): [number, number] {
  if (low === null || high === null) return [floor ?? 0, (floor ?? 0) + (leastSpan || 1)];
  if (floor !== undefined) return [floor, floor + Math.max((high - floor) * 1.1, leastSpan)];
  const span = Math.max((high - low) * 1.1, leastSpan, Math.abs(high) * 1e-9, 1e-12);
  const middle = (low + high) / 2;
  return [middle - span / 2, middle + span / 2];
}

/** Marks that are left out (between the decades of a logarithmic axis) are null. */
function marksOf(
  { format, formatAxis = (value) => format(value) }: PlotProps,
  splits: readonly (number | null)[],
): string[] {
  const shown = splits.filter((value) => value !== null);
  const step = Math.abs((shown[1] ?? 0) - (shown[0] ?? 0)) || 1;
  const size = Math.max(...shown.map(Math.abs));
  return splits.map((value) => (value === null ? null : formatAxis(value, step, size))) as string[];
}

function wholeDecade(value: number): number {
  return (Math.abs(Math.log10(value) % 1) < 1e-9 ? value : null) as number;
}

function labelOf(props: PlotProps, value: number | null): string {
  return value === null ? '' : axesOf(props).formatX(value);
}

function clockText(seconds: number, step: number): string {
  const iso = isoOf(seconds);
  if (step >= 86_400 || (iso.slice(11, 16) === '00:00' && step >= 60)) return iso.slice(5, 10);
  return step >= 60 ? iso.slice(11, 16) : iso.slice(11, 19);
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
