import { useEffect, useState } from 'preact/hooks';
import type { EventItem, EventPage } from '../../../api/events-controls.ts';
import { ApiError, send, useApi } from '../../api.ts';
import { onEvent } from '../../live.ts';
import { may, useSession } from '../../session.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { FormError, Select } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Pager, Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';
import { SEVERITY_OPTIONS, type Severity, SeverityTag } from './severity.tsx';

const PAGE = 50;

/** Asks again when something happens. */
function useEvents(severity: Severity | '', activeOnly: boolean, page: number) {
  const query = new URLSearchParams({ limit: String(PAGE), offset: String(page * PAGE) });
  if (severity !== '') query.set('severity', severity);
  if (activeOnly) query.set('active', 'true');
  const list = useApi<EventPage>(`/events/log?${query}`, { every: 30 });
  const { reload } = list;
  useEffect(() => onEvent('event', reload), [reload]);
  return list;
}

export function EventsCard() {
  const [severity, setSeverity] = useState<Severity | ''>('');
  const [show, setShow] = useState<'all' | 'active'>('all');
  const [page, setPage] = useState(0);
  const [problem, setProblem] = useState('');
  const [all, setAll] = useState(false);
  const mayAcknowledge = may(useSession(), 'operator');
  const list = useEvents(severity, show === 'active', page);
  const acknowledge = async (id: number) => {
    try {
      await send('POST', `/events/log/${id}/acknowledge`);
      setProblem('');
    } catch (error) {
      setProblem(error instanceof ApiError ? error.detail : String(error));
    }
    list.reload();
  };
  const choose = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      set(value);
      setPage(0);
    };
  };
  return (
    <Card title="Events" note="newest first">
      <div class="field-row">
        <Select label="Severity" value={severity} options={SEVERITY_OPTIONS} onChange={choose(setSeverity)} />
        <Select
          label="Show"
          value={show}
          options={[
            { value: 'all', label: 'all' },
            { value: 'active', label: 'what holds now' },
          ]}
          onChange={choose(setShow)}
        />
      </div>
      <FormError text={problem} />
      <Loaded of={list} what="the events">
        {({ items, total }) => (
          <>
            <EventTable items={items} {...(mayAcknowledge && { onAcknowledge: acknowledge })} />
            {total > PAGE && <Pager page={page} pages={Math.ceil(total / PAGE)} onPage={setPage} />}
            {mayAcknowledge && items.some(({ acknowledgedAt }) => acknowledgedAt === null) && (
              <button type="button" onClick={() => setAll(true)}>
                Acknowledge all
              </button>
            )}
          </>
        )}
      </Loaded>
      {all && (
        <Confirm
          title="Acknowledge all events?"
          action="Acknowledge all"
          onClose={() => setAll(false)}
          onConfirm={async () => {
            await send('POST', '/events/log/acknowledge-all');
            list.reload();
          }}
        >
          <p>Those on other pages of the list, too.</p>
        </Confirm>
      )}
    </Card>
  );
}

interface EventTableProps {
  readonly items: readonly EventItem[];
  readonly onAcknowledge?: (id: number) => void;
}

function EventTable({ items, onAcknowledge }: EventTableProps) {
  return (
    <Table<EventItem>
      caption="Events"
      rows={items}
      rowKey={({ id }) => id}
      pageSize={PAGE}
      empty="Nothing of the kind has happened."
      columns={[
        { key: 'at', title: 'At (UTC)', render: (item) => <When {...item} /> },
        { key: 'severity', title: 'Severity', render: ({ severity }) => <SeverityTag severity={severity} /> },
        { key: 'text', title: 'What', render: (item) => <What {...item} /> },
        { key: 'state', title: 'State', render: (item) => <State {...item} /> },
      ]}
      {...(onAcknowledge && {
        actions: ({ id, text, acknowledgedAt }) =>
          acknowledgedAt === null && (
            <button
              type="button"
              class="small"
              aria-label={`Acknowledge: ${text}`}
              onClick={() => onAcknowledge(id)}
            >
              Acknowledge
            </button>
          ),
      })}
    />
  );
}

function When({ at, lastAt, count }: EventItem) {
  return (
    <span>
      <Utc at={at} />
      {count > 1 && (
        <span class="muted">
          {' '}
          {count} times, last <Utc at={lastAt} />
        </span>
      )}
    </span>
  );
}

function What({ type, text }: EventItem) {
  return (
    <span class="wrap">
      {text} <span class="muted">({type})</span>
    </span>
  );
}

function State({ active, clearedAt, acknowledgedAt, acknowledgedBy }: EventItem) {
  return (
    <span>
      {active && <span class="tag warn">holds now</span>}
      {clearedAt && (
        <span>
          over since <Utc at={clearedAt} short />
        </span>
      )}{' '}
      {acknowledgedAt && <span class="muted">seen by {acknowledgedBy}</span>}
    </span>
  );
}
