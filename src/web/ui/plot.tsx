/** A plot over time or over an averaging time, drawn by uPlot in the colours of the page. */
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useThemeTurn } from '../theme.ts';
import { axesOf, optionsOf } from './plot-options.ts';

export interface PlotSeries {
  readonly label: string;
  /** Name of a colour in style/tokens.css, without the dashes. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  /** A band around the values. */
  readonly least?: readonly (number | null)[];
  readonly most?: readonly (number | null)[];
  /** Marks each value. */
  readonly points?: boolean;
  readonly dashed?: boolean;
}

export interface PlotProps {
  /** What the plot shows, for those who can't see it: with its figures in words. */
  readonly label: string;
  /** Seconds since 1970 for `time`, else numbers above 0; ascending. */
  readonly x: readonly number[];
  readonly xKind?: 'time' | 'log';
  readonly yKind?: 'linear' | 'log';
  readonly series: readonly PlotSeries[];
  readonly format: (value: number | null | undefined) => string;
  /** For the marks of the y axis, where they read otherwise: they are `step` apart and up to `size` from zero. */
  readonly formatAxis?: (value: number, step: number, size: number) => string;
  readonly formatX?: (value: number) => string;
  /** CSS pixels. */
  readonly height?: number;
  /** The y axis always shows this much, in its own unit. */
  readonly leastSpan?: number;
  /** The y axis begins here. */
  readonly floor?: number;
  /** The x axis shows from here to there, data or not. */
  readonly range?: readonly [number, number];
}

export function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const themeTurn = useThemeTurn();
  const { label, series, height = 200 } = props;
  // What the plot's options are made of; data alone is only exchanged.
  const shape = JSON.stringify([
    series.map(({ label: name, colour, least, points, dashed }) => [name, colour, !!least, points, dashed]),
    props.xKind,
    props.yKind,
    height,
    themeTurn,
  ]);

  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const options = optionsOf(() => latest.current, box.clientWidth, height, setCursor);
    const made = new uPlot(options, dataOf(latest.current), box);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    observer.observe(box);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  const { x, range } = props;
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [x, series, range?.[0], range?.[1]]);

  return (
    <figure class="plot">
      <div ref={place} class="plot-canvas" role="img" aria-label={label} />
      <Legend {...props} cursor={cursor} />
    </figure>
  );
}

/** Names and, where the pointer is, values; else the last ones. */
function Legend(props: PlotProps & { readonly cursor: number | null }) {
  const { series, x, format, cursor } = props;
  const last = (values: PlotSeries['values']) => values.findLast((value) => value !== null);
  const { formatX } = axesOf(props);
  return (
    <figcaption>
      {series.map(({ label, colour, values, dashed }) => (
        <span key={label} class="plot-name">
          <i class={dashed ? 'dashed' : undefined} style={{ '--colour': `var(--${colour})` }} />
          {label} <b>{format(cursor === null ? last(values) : values[cursor])}</b>
        </span>
      ))}
      {cursor !== null && x[cursor] !== undefined && <span class="muted">{formatX(x[cursor])}</span>}
    </figcaption>
  );
}

function dataOf({ x, series }: PlotProps): uPlot.AlignedData {
  const rows = series.flatMap(({ values, least, most }) =>
    least && most ? [values, least, most] : [values],
  );
  return [x, ...rows] as unknown as uPlot.AlignedData;
}
