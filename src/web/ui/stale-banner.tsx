/** Says on every page that the appliance does not answer, and lets what is shown look old. */
import { useEffect } from 'preact/hooks';
import { useStatus } from '../live.ts';
import { duration } from './number.ts';
import { STALE } from './state.tsx';

export function StaleBanner() {
  const { status, staleSeconds } = useStatus();
  const stale = status !== undefined && staleSeconds >= STALE;
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (stale) dataset['stale'] = '';
    else delete dataset['stale'];
  }, [stale]);
  if (!stale) return null;
  return (
    <div class="notice bad stale-banner">
      {/* Said once; the seconds are for the eye. */}
      <strong role="alert">The appliance does not answer.</strong> What is shown is{' '}
      {duration(Math.floor(staleSeconds))} old; trying again …
    </div>
  );
}
