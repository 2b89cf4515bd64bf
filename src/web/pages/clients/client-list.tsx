/** The table of clients: searched, sorted and paged by the appliance, which may know a hundred thousand. */
import { useEffect, useState } from 'preact/hooks';
import type { ClientPage, ClientTableView } from '../../../status/clients.ts';
import { useApi } from '../../api.ts';
import { Card, Notice, Problem } from '../../ui/layout.tsx';
import { count } from '../../ui/number.ts';
import { Pager } from '../../ui/table.tsx';
import { OUTCOME_WORDS } from '../serving/outcome-words.ts';
import { ClientTable, type Sort } from './client-table.tsx';

const PAGE = 50;
/** Seconds between two looks. */
const EVERY = 5;

export function ClientList({ outcome: given }: { readonly outcome: string }) {
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState(given in OUTCOME_WORDS ? given : '');
  const [sort, setSort] = useState<Sort>('-lastSeen');
  const [page, setPage] = useState(0);
  const search = useSettled(text.trim());
  const { data, error } = useApi<ClientPage & { readonly table: ClientTableView }>(
    `/clients?${query({ q: search, outcome, sort, offset: page * PAGE })}`,
    { every: EVERY },
  );
  const matched = data?.matched ?? 0;
  const pages = Math.max(1, Math.ceil(matched / PAGE));
  return (
    <Card title="Clients" note={data && noteOf(data)}>
      <div class="actions client-search">
        <input
          type="search"
          aria-label="Address"
          placeholder="192.0.2. or 192.0.2.0/24"
          maxLength={64}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setPage(0);
          }}
        />
        <select
          aria-label="What became of its datagrams"
          value={outcome}
          onChange={(event) => {
            setOutcome(event.currentTarget.value);
            setPage(0);
          }}
        >
          <option value="">with any outcome</option>
          {Object.entries(OUTCOME_WORDS).map(([name, words]) => (
            <option key={name} value={name}>
              {words.text}
            </option>
          ))}
        </select>
      </div>
      <Problem error={error} what="the clients" />
      {data && data.table.refused > 0 && (
        <Notice tone="warn">
          The table is full: {count(data.table.refused)} datagrams came from clients that found no room in it.
        </Notice>
      )}
      {data && matched === 0 ? (
        <p class="muted">{data.total === 0 ? 'Nobody has asked yet.' : 'No client fits.'}</p>
      ) : (
        data && <ClientTable clients={data.items} sort={sort} onSort={setSort} />
      )}
      {pages > 1 && <Pager page={Math.min(page, pages - 1)} pages={pages} onPage={setPage} />}
    </Card>
  );
}

function noteOf({ matched, total }: ClientPage): string {
  return matched === total ? count(total) : `${count(matched)} of ${count(total)}`;
}

function query(values: Readonly<Record<string, string | number>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return new URLSearchParams(
    [...given, ['limit', PAGE]].map(([name, value]) => [String(name), String(value)]),
  ).toString();
}

/** What was typed, once the typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), 250);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}
