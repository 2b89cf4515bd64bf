/**
 * A run of the discipline over a trace as a picture: error of the served time within its bound, temperature below.
 * One self-contained SVG; each column of two pixels shows the least and the greatest of its seconds.
 */
import type { Judgement, Second } from './discipline.ts';
import { duration, nanoseconds, ticks, timeAxis } from './plot-axes.ts';
import type { TraceRow } from './trace.ts';

export interface Run {
  readonly name: string;
  readonly rows: readonly TraceRow[];
  readonly seconds: readonly Second[];
  readonly judgement: Judgement;
}

interface Panel {
  readonly top: number;
  readonly bottom: number;
  /** Value to height, y downwards. */
  readonly y: (value: number) => number;
}

const WIDTH = 960;
const HEIGHT = 520;
const LEFT = 84;
const RIGHT = 940;
const COLUMNS = (RIGHT - LEFT) / 2;
/** Seconds in which the bound narrows from the first edge on: not what the scale is chosen for. */
const SETTLE = 1800;

export function plot(run: Run): string {
  const { name, rows, seconds, judgement } = run;
  const temperatures = rows.map(({ temperature }) => temperature);
  const upper = errorPanel(run);
  const lower = linearPanel(404, 480, temperatures);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<title>${quoted(name)}: error of served time, its bound, and temperature</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<clipPath id="u"><rect x="${LEFT}" y="${upper.top}" width="${RIGHT - LEFT}" height="${upper.bottom - upper.top}"/></clipPath>`,
    text(LEFT, 22, `${quoted(name)}: error of served time`, 'font-size="16" font-weight="600"'),
    text(LEFT, 40, quoted(summary(judgement)), 'fill="#666"'),
    legend(),
    shades(run, upper, lower),
    upper.grid,
    lower.grid,
    xAxis(seconds.length, upper, lower),
    path(band(seconds, upper), 'fill="#1f6fb2" fill-opacity=".18" clip-path="url(#u)"'),
    path(
      outline(
        seconds.map(({ error }) => error),
        upper,
      ),
      'fill="none" stroke="#0b3d66" clip-path="url(#u)"',
    ),
    path(outline(temperatures, lower), 'fill="none" stroke="#b5541c"'),
    sideLabel((upper.top + upper.bottom) / 2, 'served − true'),
    sideLabel((lower.top + lower.bottom) / 2, 'CPU °C'),
    '</svg>\n',
  ].join('\n');
}

function summary(judgement: Judgement): string {
  const { lockedRmsNs, lockedP95Ns, lockedMaxNs, medianBoundNs, coverage } = judgement;
  const errors = `rms ${nanoseconds(lockedRmsNs)}, 95 % ${nanoseconds(lockedP95Ns)}, max ${nanoseconds(lockedMaxNs)} where edges exist`;
  return `${errors}; median bound ${nanoseconds(medianBoundNs)}; ${Number((coverage * 100).toFixed(3))} % of seconds within it`;
}

/** Linear near zero, logarithmic beyond: a scale that shows 100 ns of noise and a millisecond of holdover. */
function errorPanel({ seconds, judgement }: Run): Panel & { grid: string } {
  const [top, bottom] = [56, 372];
  const linear = 10 ** Math.floor(Math.log10(Math.max(1, judgement.lockedP95Ns)));
  const most = 1.25 * greatest(seconds, judgement.lockSeconds ?? 0, linear);
  const scale = (value: number) => Math.sign(value) * Math.log10(1 + Math.abs(value) / linear);
  const y = (value: number) => {
    const clipped = Math.max(-most * 2, Math.min(most * 2, value));
    return (top + bottom) / 2 - (scale(clipped) / scale(most)) * ((bottom - top) / 2);
  };
  const steps = most / linear > 300 ? [1] : [1, 3];
  const positive: number[] = [];
  for (let decade = linear; decade <= most; decade *= 10)
    positive.push(...steps.map((step) => step * decade).filter((value) => value <= most));
  // Labels nearer to that of zero than a line of text would cover it.
  const legible = positive.filter((value) => y(0) - y(value) >= 13);
  const values = [...legible.map((value) => -value), 0, ...legible];
  return { top, bottom, y, grid: yGrid(values, y, nanoseconds) };
}

function greatest(seconds: readonly Second[], locked: number, atLeast: number): number {
  let most = atLeast * 10;
  for (const [index, { error, bound }] of seconds.entries()) {
    if (index >= locked && Number.isFinite(error)) most = Math.max(most, Math.abs(error));
    if (index >= SETTLE && Number.isFinite(bound)) most = Math.max(most, bound);
  }
  return most;
}

function linearPanel(top: number, bottom: number, values: readonly number[]): Panel & { grid: string } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = Math.max(0.5, (high - low) * 0.05);
  [low, high] = [low - margin, high + margin];
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - top);
  return { top, bottom, y, grid: yGrid(ticks(low, high, 4), y, String) };
}

/** Least and greatest of each column, joined; a column without a finite value breaks the line. */
function outline(values: readonly number[], panel: Panel): string {
  let joined = false;
  return columns(values)
    .map(({ x, min, max }, column) => {
      if (min > max) {
        joined = false;
        return '';
      }
      const command = joined ? 'L' : 'M';
      joined = true;
      // Up in one column, down in the next: no slanted strokes between.
      const [first, second] = column % 2 === 0 ? [min, max] : [max, min];
      return `${command}${x},${height(panel, first)}L${x},${height(panel, second)}`;
    })
    .join('');
}

/** The area between plus and minus the bound. */
function band(seconds: readonly Second[], panel: Panel): string {
  const edge = columns(seconds.map(({ bound }) => bound)).filter(({ min, max }) => min <= max);
  if (edge.length === 0) return '';
  const above = edge.map(({ x, max }) => `${x},${height(panel, max)}`);
  const below = edge.map(({ x, max }) => `${x},${height(panel, -max)}`).reverse();
  return `M${[...above, ...below].join('L')}Z`;
}

function columns(values: readonly number[]): { x: number; min: number; max: number }[] {
  const count = Math.min(COLUMNS, values.length);
  return Array.from({ length: count }, (_, column) => {
    const [from, to] = [column, column + 1].map((edge) => Math.floor((edge * values.length) / count));
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from as number; i < (to as number); i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return { x: LEFT + ((column + 0.5) * (RIGHT - LEFT)) / count, min, max };
  });
}

function shades({ seconds, judgement }: Run, upper: Panel, lower: Panel): string {
  return judgement.gaps
    .map(({ start, end }) => {
      const [from, to] = [start, end].map((t) => Math.round(xOf(t, seconds.length) * 10) / 10);
      const label = `no edges for ${duration(end - start)}`;
      return [upper, lower]
        .map(
          ({ top, bottom }) =>
            `<rect x="${from}" y="${top}" width="${Math.max(1, (to as number) - (from as number))}" height="${bottom - top}" fill="#d9a400" fill-opacity=".16"><title>${label}</title></rect>`,
        )
        .join('');
    })
    .join('\n');
}

function yGrid(
  values: readonly number[],
  y: (value: number) => number,
  label: (value: number) => string,
): string {
  return values
    .map((value) => {
      const at = Math.round(y(value) * 10) / 10;
      const line = `<line x1="${LEFT}" x2="${RIGHT}" y1="${at}" y2="${at}" stroke="${value === 0 ? '#999' : '#e4e4e4'}"/>`;
      return line + text(LEFT - 6, at + 4, label(value), 'text-anchor="end"');
    })
    .join('\n');
}

function xAxis(length: number, upper: Panel, lower: Panel): string {
  const { step, unit, perUnit } = timeAxis(length);
  const marks: string[] = [];
  for (let t = 0; t <= length; t += step) {
    const x = Math.round(xOf(t, length) * 10) / 10;
    for (const { top, bottom } of [upper, lower])
      marks.push(`<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="#eee"/>`);
    marks.push(text(x, lower.bottom + 16, String(t / perUnit), 'text-anchor="middle"'));
  }
  marks.push(text((LEFT + RIGHT) / 2, HEIGHT - 6, `time since the start (${unit})`, 'text-anchor="middle"'));
  return marks.join('\n');
}

function legend(): string {
  const swatch = (x: number, fill: string, label: string) =>
    `<rect x="${x}" y="13" width="12" height="10" ${fill}/>${text(x + 17, 22, label)}`;
  return [
    swatch(RIGHT - 250, 'fill="#0b3d66"', 'error'),
    swatch(RIGHT - 185, 'fill="#1f6fb2" fill-opacity=".18"', '± bound'),
    swatch(RIGHT - 105, 'fill="#d9a400" fill-opacity=".16"', 'no edges'),
  ].join('\n');
}

function sideLabel(y: number, label: string): string {
  return text(16, y, label, `text-anchor="middle" transform="rotate(-90 16 ${y})"`);
}

function height(panel: Panel, value: number): number {
  return Math.round(panel.y(value) * 10) / 10;
}

function xOf(t: number, length: number): number {
  return LEFT + (t / length) * (RIGHT - LEFT);
}

function path(d: string, attributes: string): string {
  return `<path d="${d}" ${attributes}/>`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${content}</text>`;
}

function quoted(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
