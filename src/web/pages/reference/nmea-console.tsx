/** What the receiver says, as it says it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Status } from '../../../status/status.ts';
import { onEvent } from '../../live.ts';
import { useSession } from '../../session.ts';
import { Card, Notice } from '../../ui/layout.tsx';

interface Line {
  readonly at: string;
  readonly line: string;
}

/** Lines kept; and how often they are drawn, ms. */
const KEPT = 400;
const DRAW_MS = 250;
/** Seconds without a line after which it is said why there may be none. */
const PATIENCE_MS = 5000;

export function NmeaConsole({ receiver }: { readonly receiver: Status['receiver'] }) {
  const session = useSession();
  const [open, setOpen] = useState(false);
  return (
    <Card
      title="Receiver, live"
      note="NMEA sentences"
      actions={
        session?.user && (
          <button type="button" class="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'}
          </button>
        )
      }
    >
      {!session?.user && <p class="muted">Log in to see what the receiver sends.</p>}
      {session?.user && !open && (
        <p class="muted">
          {receiver.device.device}: {Object.keys(receiver.sentences).length} kinds of sentences so far.
        </p>
      )}
      {session?.user && open && <Lines />}
    </Card>
  );
}

function Lines() {
  const coming = useRef<Line[]>([]);
  const box = useRef<HTMLElement>(null);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [paused, setPaused] = useState(false);
  const [filter, setFilter] = useState('');
  const [late, setLate] = useState(false);

  useEffect(() => {
    const patience = window.setTimeout(() => setLate(true), PATIENCE_MS);
    const stop = onEvent<Line>('nmea', (line) => {
      window.clearTimeout(patience);
      coming.current = [...coming.current.slice(1 - KEPT), line];
    });
    return () => {
      window.clearTimeout(patience);
      stop();
    };
  }, []);
  useEffect(() => {
    if (paused) return;
    const timer = window.setInterval(() => setLines(coming.current), DRAW_MS);
    return () => window.clearInterval(timer);
  }, [paused]);
  useEffect(() => {
    if (!paused && box.current) box.current.scrollTop = box.current.scrollHeight;
  });

  const wanted = filter.trim().toUpperCase();
  const shown = wanted === '' ? lines : lines.filter(({ line }) => line.toUpperCase().includes(wanted));
  return (
    <>
      <div class="actions console-bar">
        <button type="button" class="small" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </button>
        <button
          type="button"
          class="small"
          onClick={() => {
            coming.current = [];
            setLines([]);
          }}
        >
          Clear
        </button>
        <input
          type="search"
          aria-label="Only lines with"
          placeholder="Only lines with, e.g. RMC"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <span class="muted">{paused ? 'paused' : `${shown.length} lines`}</span>
      </div>
      {late && lines.length === 0 && (
        <Notice>No sentence has come: the receiver is silent, or this appliance has no live stream.</Notice>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard as well. */}
      <section ref={box} class="console" tabIndex={0} aria-label="NMEA sentences">
        <pre>{shown.map(({ at, line }) => `${at.slice(11, 23)}  ${line}\n`).join('')}</pre>
      </section>
    </>
  );
}
