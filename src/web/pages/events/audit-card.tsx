import { useState } from 'preact/hooks';
import type { AuditEntry, AuditPage, Verdict } from '../../../api/audit-controls.ts';
import { ApiError, download, get, useApi } from '../../api.ts';
import { Change } from '../../ui/diff.tsx';
import { saveFile } from '../../ui/files.ts';
import { Buttons } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Pager, Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';
import { changesOf } from './changes.ts';

const PAGE = 50;

/** Who did what. */
export function AuditCard() {
  const [page, setPage] = useState(0);
  const list = useApi<AuditPage>(`/audit?limit=${PAGE}&offset=${page * PAGE}`);
  const [said, setSaid] = useState('');
  const tell = async (task: () => Promise<string>) => {
    setSaid('Working…');
    setSaid(await task().catch((error) => (error instanceof ApiError ? error.detail : String(error))));
  };
  return (
    <Card title="Audit" note="who did what, newest first">
      <Loaded of={list} what="the audit trail">
        {({ items, total }) => (
          <>
            <AuditTable items={items} />
            {total > PAGE && <Pager page={page} pages={Math.ceil(total / PAGE)} onPage={setPage} />}
          </>
        )}
      </Loaded>
      <Buttons>
        <button type="button" onClick={() => tell(verify)}>
          Verify the chain
        </button>
        <button type="button" onClick={() => tell(exportAll)}>
          Export
        </button>
        <span role="status">{said}</span>
      </Buttons>
    </Card>
  );
}

async function verify(): Promise<string> {
  const { entries, ok, firstBad } = await get<Verdict>('/audit/verify');
  if (ok) return `All ${entries} entries are as they were written.`;
  const place = firstBad
    ? `${firstBad.file}, line ${firstBad.line}: ${firstBad.reason}`
    : 'the place is not known';
  return `The record is not as it was written (${place}): somebody has changed it, or the disk is damaged.`;
}

async function exportAll(): Promise<string> {
  saveFile(await download('GET', '/audit/export'), 'timeball-audit.ndjson');
  return 'Exported.';
}

function AuditTable({ items }: { items: readonly AuditEntry[] }) {
  return (
    <Table<AuditEntry>
      caption="Audit entries"
      rows={items}
      rowKey={({ seq }) => seq}
      pageSize={PAGE}
      empty="Nothing was changed yet."
      columns={[
        { key: 'at', title: 'At (UTC)', render: (entry) => <When {...entry} /> },
        { key: 'who', title: 'Who', render: ({ actor }) => <Who {...actor} /> },
        { key: 'action', title: 'Did', render: ({ action }) => action },
        { key: 'target', title: 'To', render: ({ target }) => <span class="wrap">{target}</span> },
        { key: 'change', title: 'Change', render: (entry) => <Changes {...entry} /> },
      ]}
    />
  );
}

function When({ at, timeTrusted }: AuditEntry) {
  return (
    <span>
      <Utc at={at} /> {!timeTrusted && <span class="muted">by the machine's clock</span>}
    </span>
  );
}

function Who({ name, role, via, address }: AuditEntry['actor']) {
  return (
    <span class="wrap">
      {name} <span class="muted">{[role, via, address].filter((part) => part !== '').join(', ')}</span>
    </span>
  );
}

function Changes({ before, after }: AuditEntry) {
  return (
    <ul class="plain-list">
      {changesOf(before, after).map((change) => (
        <li key={change.key}>
          {change.key !== '' && `${change.key}: `}
          <Change before={change.before} after={change.after} />
        </li>
      ))}
    </ul>
  );
}
