/** The countdown of a change that could lock its maker out: on every page until it is kept or taken back. */
import { useEffect, useState } from 'preact/hooks';
import type { PendingView } from '../../api/settings-controls.ts';
import { type ApiError, get, hooks, send } from '../api.ts';
import { onEvent } from '../live.ts';
import { useSession } from '../session.ts';
import { FormError } from './form.tsx';
import { openAnewAt } from './moved.ts';
import { useForm } from './use-form.ts';
import './pending.css';

/** Milliseconds between two looks where no event tells of a change. */
const LOOK_EVERY = 5000;
/** Seconds left at which a screen reader says so; every second would drown all else. */
const SAID_AT = [30, 10, 5];
const CHANGED = 'timeball-pending';
const MADE = 'timeball-made-pending';

// The answer to the change itself: there may be no other, where it takes the page elsewhere.
hooks.changed = (answer) => {
  const pending = readPending(answer);
  if (pending) window.dispatchEvent(new CustomEvent(MADE, { detail: pending }));
};

/** To be called after a change of settings, so that the banner is there at once. */
export function pendingMayHaveChanged(): void {
  window.dispatchEvent(new Event(CHANGED));
}

/** The pending change as the API tells it; undefined: there is none. */
export function readPending(answer: unknown): PendingView | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const inner = 'pending' in answer ? answer.pending : answer;
  if (typeof inner !== 'object' || inner === null || !('secondsLeft' in inner)) return undefined;
  return inner as PendingView;
}

interface Counting {
  readonly pending: PendingView;
  /** `performance.now()` at which the time is up: a clock that is set must not move it. */
  readonly endsAt: number;
}

function usePending(active: boolean): Counting | undefined {
  const [counting, setCounting] = useState<Counting>();
  useEffect(() => {
    if (!active) return setCounting(undefined);
    const show = (pending: PendingView | undefined) =>
      setCounting(pending && { pending, endsAt: performance.now() + pending.secondsLeft * 1000 });
    const made = (event: Event) => show((event as CustomEvent<PendingView>).detail);
    const look = async () => {
      try {
        show(readPending(await get<unknown>('/config/pending')));
      } catch (error) {
        // Not reachable just now: the countdown goes on, and so it is shown.
        if ((error as ApiError).status === 404) setCounting(undefined);
      }
    };
    look();
    const timer = setInterval(look, LOOK_EVERY);
    const stop = onEvent('config', look);
    window.addEventListener(CHANGED, look);
    window.addEventListener(MADE, made);
    return () => {
      clearInterval(timer);
      stop();
      window.removeEventListener(CHANGED, look);
      window.removeEventListener(MADE, made);
    };
  }, [active]);
  return counting;
}

function useSecondsLeft(counting: Counting | undefined): number {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!counting) return;
    const timer = setInterval(() => redraw((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [counting]);
  return counting ? Math.max(0, Math.ceil((counting.endsAt - performance.now()) / 1000)) : 0;
}

export function PendingBanner() {
  const { user } = useSession() ?? {};
  const counting = usePending(user !== null && user !== undefined);
  const seconds = useSecondsLeft(counting);
  const form = useForm({});
  if (!counting) return null;
  const answer = (method: 'POST' | 'DELETE', path: string) =>
    form.submit(async () => {
      await send(method, path);
      pendingMayHaveChanged();
    });
  const said = SAID_AT.find((mark) => seconds <= mark && seconds > mark - 3);
  return (
    <section class="pending" aria-label="Settings to confirm">
      <p>
        <strong>
          {seconds > 0
            ? `These settings go back in ${seconds} s unless you keep them.`
            : 'The settings go back now.'}
        </strong>{' '}
        {counting.pending.summary}
      </p>
      <Elsewhere urls={openAnewAt(counting.pending.reachableAt ?? [], location)} />
      <div class="hidden" role="alert">
        {said === undefined
          ? 'New settings are in force. They go back by themselves unless you keep them.'
          : `The settings go back in ${said} seconds.`}
      </div>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={form.busy}
          onClick={() => answer('POST', '/config/pending/confirm')}
        >
          Keep
        </button>
        <button type="button" disabled={form.busy} onClick={() => answer('DELETE', '/config/pending')}>
          Undo
        </button>
      </div>
      <FormError text={form.general} />
    </section>
  );
}

function Elsewhere({ urls }: { readonly urls: readonly string[] }) {
  if (urls.length === 0) return null;
  return (
    <p role="alert">
      This page has moved: open it anew at{' '}
      {urls.map((url, i) => (
        <>
          {i > 0 && ' or '}
          <a key={url} href={`${url}/${location.hash}`}>
            {url}
          </a>
        </>
      ))}
      , log in there, and keep the settings there.
    </p>
  );
}
