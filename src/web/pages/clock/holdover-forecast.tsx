import type { Status } from '../../../status/status.ts';
import { Facts } from '../../ui/layout.tsx';
import { duration } from '../../ui/number.ts';

export function HoldoverForecast({ status: { holdover, state } }: { readonly status: Status }) {
  const until = holdover.secondsUntil;
  if (!until) return <p class="muted">Nothing is served now.</p>;
  return (
    <>
      {state === 'holdover' && <p class="warn">They are lost: this is what is left.</p>}
      <Facts
        rows={[
          ['Within 10 µs', forText(until.bound10us)],
          ['Within 100 µs', forText(until.bound100us)],
          ['Within 1 ms', forText(until.bound1ms)],
          ['Service ends', `in ${duration(until.serviceEnds)}`],
        ]}
      />
    </>
  );
}

function forText(seconds: number): string {
  return seconds <= 0 ? 'no longer' : `for ${duration(seconds)}`;
}
