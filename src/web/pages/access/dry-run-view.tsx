import { useEffect, useRef } from 'preact/hooks';
import type { Weighed } from './shapes.ts';

type Changes = Weighed['gains'];

/** Shown of each list; the counts say how many there are. */
const SHOWN = 8;

/** What a change of the rules would do to the clients that were seen. */
export function DryRunView({ result }: { readonly result: Weighed }) {
  const { counts, hours, gains, loses } = result;
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [result]);
  return (
    <section ref={box} class="dry-run" role="status" aria-label="What this does to clients seen">
      <p>
        Of the clients seen in the last {hours} h: <strong>{counts.loses} lose the service</strong>,{' '}
        {counts.gains} gain it, {counts.keeps} keep it, {counts.unserved} stay without.
      </p>
      <ChangeList title="Lose it" changes={loses} count={counts.loses} />
      <ChangeList title="Gain it" changes={gains} count={counts.gains} />
    </section>
  );
}

function ChangeList({ title, changes, count }: { title: string; changes: Changes; count: number }) {
  if (count === 0) return null;
  const shown = changes.slice(0, SHOWN);
  return (
    <>
      <h3>{title}</h3>
      <ul class="plain-list">
        {shown.map(({ address, after, wantsKey }) => (
          <li key={address}>
            <span class="mono">{address}</span> {after.text}
            {wantsKey && ' (it sent no such key)'}
          </li>
        ))}
        {count > shown.length && <li class="muted">and {count - shown.length} more</li>}
      </ul>
    </>
  );
}
