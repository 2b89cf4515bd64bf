/** What wants attention now: of the event log where there is one, and of the status itself. */
import { useEffect } from 'preact/hooks';
import type { Status } from '../../../status/status.ts';
import { alarmsOf } from '../../alarms.ts';
import { useApi } from '../../api.ts';
import { onEvent } from '../../live.ts';
import { hrefTo } from '../../router.ts';
import { useSession } from '../../session.ts';
import { Card } from '../../ui/layout.tsx';
import { Utc } from '../../ui/time.tsx';

interface ActiveEvent {
  readonly id: number;
  readonly at: string;
  readonly severity: 'info' | 'warning' | 'error' | 'critical';
  readonly text: string;
}

interface Line {
  readonly key: string;
  readonly severity: ActiveEvent['severity'];
  readonly text: string;
  readonly at?: string;
}

const SHOWN = 8;
const TONES = { info: '', warning: 'warn', error: 'bad', critical: 'bad' } as const;

export function Alarms({ status }: { readonly status: Status | undefined }) {
  const session = useSession();
  const { data, error, reload } = useApi<{ items: readonly ActiveEvent[] }>(
    session?.user ? '/events/log?active=true&limit=20' : undefined,
    { every: 15 },
  );
  useEffect(() => onEvent('event', reload), [reload]);
  const log = error ? undefined : data;
  const lines = linesOf(status, log?.items);
  return (
    <Card
      title={lines.length === 0 ? 'Alarms' : `Alarms (${lines.length})`}
      actions={<a href={hrefTo('events')}>All events</a>}
    >
      <div aria-live="polite">
        {lines.length === 0 ? (
          <p class="muted">{status ? 'Nothing wants attention.' : '…'}</p>
        ) : (
          <ul class="alarms">
            {lines.slice(0, SHOWN).map((line) => (
              <li key={line.key}>
                <span class={`badge ${TONES[line.severity]}`}>{line.severity}</span>
                <span>
                  {line.text}{' '}
                  {line.at && (
                    <span class="muted">
                      since <Utc at={line.at} short />
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      {lines.length > SHOWN && <p class="muted">and {lines.length - SHOWN} more</p>}
    </Card>
  );
}

function linesOf(status: Status | undefined, active: readonly ActiveEvent[] | undefined): Line[] {
  const own = status ? alarmsOf(status) : [];
  return [
    ...(active ?? []).map(({ id, at, severity, text }) => ({ key: `e${id}`, severity, text, at })),
    ...own
      .filter(({ logged }) => !logged || active === undefined)
      .map(({ severity, text }, index) => ({ key: `s${index}`, severity, text })),
  ];
}
