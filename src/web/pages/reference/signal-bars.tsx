/** How strong each satellite comes in, by constellation. */
import { type Group, grouped, isHeard, nameOf, type Satellite } from './systems.ts';

/** A full bar, dB-Hz: no receiver shows more. */
const FULL = 55;

export function SignalBars({ satellites }: { readonly satellites: readonly Satellite[] }) {
  const groups = grouped(satellites).filter(({ satellites: own }) => own.some(isHeard));
  if (groups.length === 0) return <p class="muted">No satellite is heard.</p>;
  return (
    <div class="signals">
      {groups.map((group) => (
        <SystemBars key={group.name} group={group} />
      ))}
    </div>
  );
}

function SystemBars({ group: { name, colour, satellites } }: { readonly group: Group }) {
  const heard = satellites.filter(isHeard);
  const mean = heard.reduce((sum, { signal = 0 }) => sum + signal, 0) / heard.length;
  return (
    <section aria-label={name}>
      <h3>
        {name}{' '}
        <span class="muted">
          {heard.length} heard, mean {mean.toFixed(0)}
        </span>
      </h3>
      <ul class="bars" style={{ '--colour': `var(--${colour})` }}>
        {heard.map((satellite) => (
          <li key={nameOf(satellite)}>
            <span class="bar-value">{satellite.signal}</span>
            <span
              class="signal-bar"
              style={{ height: `${(6 * Math.min(1, (satellite.signal ?? 0) / FULL)).toFixed(2)}rem` }}
            />
            <span class="bar-name">{nameOf(satellite)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
