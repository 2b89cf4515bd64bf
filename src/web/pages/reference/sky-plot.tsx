/** Where the satellites stand: the zenith in the middle, the horizon around it, north up. */
import { grouped, isHeard, nameOf, type Satellite, systemOf } from './systems.ts';

/** Of the horizon, in the units of the drawing. */
const RADIUS = 100;
const EDGE = 118;

export function SkyPlot({ satellites }: { readonly satellites: readonly Satellite[] }) {
  const placed = satellites.filter(
    ({ elevation, azimuth }) => typeof elevation === 'number' && typeof azimuth === 'number',
  );
  // Those that are heard on top.
  const ordered = [...placed].sort((a, b) => Number(isHeard(a)) - Number(isHeard(b)));
  const heard = placed.filter(isHeard).length;
  const groups = grouped(placed);
  const words = groups.map(
    ({ name, satellites: own }) => `${own.filter(isHeard).length} of ${own.length} ${name}`,
  );
  return (
    <>
      <svg
        class="sky"
        viewBox={`${-EDGE} ${-EDGE} ${2 * EDGE} ${2 * EDGE}`}
        role="img"
        aria-label={`Sky: ${placed.length} satellites above the horizon, ${heard} heard: ${words.join(', ')}`}
      >
        {[0, 30, 60].map((elevation) => (
          <circle key={elevation} class="ring" r={radiusOf(elevation)} />
        ))}
        <path class="ring" d={`M0 ${-RADIUS}V${RADIUS}M${-RADIUS} 0H${RADIUS}`} />
        {(['N', 'E', 'S', 'W'] as const).map((letter, quarter) => {
          const { x, y } = placeOf(-9, quarter * 90);
          return (
            <text key={letter} class="direction" x={x} y={y + 3.5}>
              {letter}
            </text>
          );
        })}
        {ordered.map((satellite) => (
          <Dot key={nameOf(satellite)} satellite={satellite} />
        ))}
      </svg>
      <p class="legend">
        {groups.map(({ name, letter, colour, satellites: own }) => (
          <span key={name}>
            <i class="dot" style={{ '--colour': `var(--${colour})` }} /> {name} ({letter}){' '}
            <b>
              {own.filter(isHeard).length}/{own.length}
            </b>
          </span>
        ))}
        <span class="muted">hollow: not heard</span>
      </p>
    </>
  );
}

function Dot({ satellite }: { readonly satellite: Satellite }) {
  const { elevation = 0, azimuth = 0, signal } = satellite;
  const { x, y } = placeOf(elevation, azimuth);
  const name = nameOf(satellite);
  return (
    <g
      class={isHeard(satellite) ? 'sat heard' : 'sat'}
      style={{ '--colour': `var(--${systemOf(satellite).colour})` }}
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
    >
      <title>
        {name}: elevation {elevation}°, azimuth {azimuth}°,{' '}
        {isHeard(satellite) ? `${signal} dB-Hz` : 'not heard'}
      </title>
      <circle r="6.8" />
      <text y="2.2">{name}</text>
    </g>
  );
}

function radiusOf(elevation: number): number {
  return (RADIUS * (90 - elevation)) / 90;
}

/** Azimuth clockwise from north, as on a map seen from above. */
function placeOf(elevation: number, azimuth: number): { x: number; y: number } {
  const angle = (azimuth * Math.PI) / 180;
  const radius = radiusOf(elevation);
  return { x: radius * Math.sin(angle), y: -radius * Math.cos(angle) };
}
