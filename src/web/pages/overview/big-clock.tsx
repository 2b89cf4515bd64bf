/** The appliance's time, drawn anew with every frame: not by the page's parts, which redraw once a second. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveStatus } from '../../live.ts';
import { STALE } from '../../ui/state.tsx';
import { applianceUtc } from '../../utc-clock.ts';
import { offsetText } from './offset-text.ts';

export function BigClock({ live }: { readonly live: LiveStatus }) {
  const digits = useRef<HTMLSpanElement>(null);
  const tenth = useRef<HTMLSpanElement>(null);
  const [minute, setMinute] = useState<number | undefined>(undefined);

  useEffect(() => {
    let frame = 0;
    const draw = () => {
      frame = requestAnimationFrame(draw);
      const utc = applianceUtc();
      const text = utc === undefined ? '--:--:--.-' : new Date(utc).toISOString().slice(11, 21);
      write(digits.current, text.slice(0, 8));
      write(tenth.current, text.slice(8));
      setMinute(utc === undefined ? undefined : Math.floor(utc / 60_000));
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, []);

  const stale = live.staleSeconds >= STALE;
  const date = minute === undefined ? undefined : new Date(minute * 60_000);
  return (
    <div class="big-clock">
      {/* Read out by the minute, below: a clock that speaks each tenth helps nobody. */}
      <p class="digits" aria-hidden="true">
        <span ref={digits}>--:--:--</span>
        <span ref={tenth} class="tenth" />
        <span class="zone">UTC</span>
      </p>
      {date && (
        <p class="date">
          <span class="hidden">{date.toISOString().slice(11, 16)} UTC, </span>
          {DATE.format(date)}
          {date.getTimezoneOffset() !== 0 && <span class="muted"> · {LOCAL.format(date)} for you</span>}
        </p>
      )}
      <p class="muted">
        {stale ? (
          'No news from the appliance: this browser counts on.'
        ) : (
          <BrowserOffset served={live.status?.utc !== null} />
        )}
      </p>
    </div>
  );
}

const DATE = new Intl.DateTimeFormat('en', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const LOCAL = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });

function write(element: HTMLElement | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

function BrowserOffset({ served }: { readonly served: boolean }) {
  const utc = applianceUtc();
  if (!served) return <>The appliance serves no time now.</>;
  return <>{utc === undefined ? '…' : offsetText(Date.now() - utc)}</>;
}
