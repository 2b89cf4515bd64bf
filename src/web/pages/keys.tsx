/** Keys: shared secrets that authenticate NTP; a secret goes in, and never comes out again. */
import { useState } from 'preact/hooks';
import type { KeyView } from '../../api/settings-controls.ts';
import { send, useApi } from '../api.ts';
import { useReloadOnChange } from '../live.ts';
import { may, useSession } from '../session.ts';
import { Confirm } from '../ui/dialog.tsx';
import { FormError } from '../ui/form.tsx';
import { Card, Notice, Page } from '../ui/layout.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { RowButtons } from '../ui/row-buttons.tsx';
import { SecretDialog } from '../ui/secret.tsx';
import { Table } from '../ui/table.tsx';
import { useDeed } from '../ui/use-deed.ts';
import { KeyForm } from './keys/key-form.tsx';

interface KeyList {
  readonly items: readonly KeyView[];
  /** Empty: none yet. */
  readonly file: string;
  /** What is wrong with the file, and what should be better. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export function KeysPage() {
  const list = useApi<KeyList>('/keys');
  useReloadOnChange(list.reload);
  const deeds = useDeed<KeyView>('/keys');
  const [made, setMade] = useState<{ id: number; secret: string }>();
  const mayEdit = may(useSession(), 'admin');
  const { deed } = deeds;
  const done = (key?: { id: number; secret?: string | null }) => {
    deeds.end();
    list.reload();
    if (key?.secret) setMade({ id: key.id, secret: key.secret });
  };
  return (
    <Page title="Keys">
      <Card title="Symmetric keys">
        <p class="muted">
          A client that has the same key under the same ID can tell that an answer is genuine. Rules under
          Access can ask for a key.
        </p>
        <Loaded of={list} what="the keys">
          {({ items, problems, warnings }) => (
            <>
              <Lines tone="bad" lines={problems} />
              <Lines tone="warn" lines={warnings} />
              <Table<KeyView>
                caption="Symmetric keys"
                rows={items}
                rowKey={({ id }) => id}
                search={({ id, type, from, fingerprint }) => `${id} ${type} ${from.join(' ')} ${fingerprint}`}
                empty="There is no key: answers are not authenticated."
                columns={[
                  { key: 'id', title: 'ID', numeric: true, sort: ({ id }) => id, render: ({ id }) => id },
                  { key: 'type', title: 'Type', sort: ({ type }) => type, render: ({ type }) => type },
                  {
                    key: 'from',
                    title: 'Only from',
                    render: ({ from }) => <span class="mono">{from.join(', ') || 'anywhere'}</span>,
                  },
                  {
                    key: 'fingerprint',
                    title: 'Fingerprint',
                    render: ({ fingerprint }) => <span class="mono wrap">{fingerprint}</span>,
                  },
                ]}
                {...(mayEdit && {
                  actions: ({ id }) => (
                    <RowButtons
                      what={`key ${id}`}
                      onEdit={() => deeds.begin('edit', id)}
                      onDelete={() => deeds.begin('delete', id)}
                    />
                  ),
                })}
              />
            </>
          )}
        </Loaded>
        <FormError text={deeds.problem} />
        {mayEdit && (
          <button type="button" class="primary" onClick={deeds.add}>
            Add a key
          </button>
        )}
      </Card>
      {deed && deed.what !== 'delete' && <KeyForm deed={deed} onClose={deeds.end} onDone={done} />}
      {deed?.what === 'delete' && (
        <DeleteKey id={deed.item.id} etag={deed.etag} onClose={deeds.end} onDone={done} />
      )}
      {made && (
        <SecretDialog
          title={`Key ${made.id}`}
          text="This is the secret, in hexadecimal, for the clients. It is shown this once: copy it now."
          secret={made.secret}
          onClose={() => setMade(undefined)}
        />
      )}
    </Page>
  );
}

function Lines({ tone, lines }: { tone: 'bad' | 'warn'; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Notice tone={tone}>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </Notice>
  );
}

interface DeleteKeyProps {
  readonly id: number;
  readonly etag: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function DeleteKey({ id, etag, onClose, onDone }: DeleteKeyProps) {
  const remove = async () => {
    await send('DELETE', `/keys/${id}`, undefined, { ifMatch: etag });
    onDone();
  };
  return (
    <Confirm title={`Delete key ${id}?`} action="Delete key" onConfirm={remove} onClose={onClose}>
      <p>Clients that use it get no authenticated answer any more. Its secret can not be brought back.</p>
    </Confirm>
  );
}
