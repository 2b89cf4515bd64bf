import { useEffect, useState } from 'preact/hooks';
import type { RevisionText, RevisionView } from '../../../api/settings-controls.ts';
import { send, useApi } from '../../api.ts';
import { onEvent } from '../../live.ts';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { Diff } from '../../ui/diff.tsx';
import { Buttons } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { pendingMayHaveChanged } from '../../ui/pending.tsx';
import { Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';

/** The last states of the settings. */
export function RevisionsCard({ mayRestore }: { readonly mayRestore: boolean }) {
  const list = useApi<{ items: readonly RevisionView[] }>('/config/revisions');
  const [chosen, setChosen] = useState<{ what: 'show' | 'restore'; revision: RevisionView }>();
  const { reload } = list;
  useEffect(() => onEvent('config', reload), [reload]);
  const close = () => setChosen(undefined);
  return (
    <Card title="History of the settings" note="the last 50">
      <Loaded of={list} what="the history of the settings">
        {({ items }) => (
          <Table<RevisionView>
            caption="Revisions of the settings"
            rows={items}
            rowKey={({ id }) => id}
            search={({ by, from, summary }) => `${by} ${from} ${summary}`}
            empty="Nothing was changed yet."
            columns={[
              { key: 'id', title: 'No.', numeric: true, render: ({ id }) => id },
              { key: 'at', title: 'At (UTC)', render: ({ at }) => <Utc at={at} /> },
              {
                key: 'by',
                title: 'By',
                sort: ({ by }) => by,
                render: ({ by, from }) => (
                  <span class="wrap">
                    {by} <span class="muted">{from}</span>
                  </span>
                ),
              },
              { key: 'summary', title: 'What', render: (revision) => <What {...revision} /> },
            ]}
            actions={(revision) => (
              <>
                <button
                  type="button"
                  class="small"
                  aria-label={`Show revision ${revision.id}`}
                  onClick={() => setChosen({ what: 'show', revision })}
                >
                  Show
                </button>
                {mayRestore && !revision.current && (
                  <button
                    type="button"
                    class="small"
                    aria-label={`Restore revision ${revision.id}`}
                    onClick={() => setChosen({ what: 'restore', revision })}
                  >
                    Restore
                  </button>
                )}
              </>
            )}
          />
        )}
      </Loaded>
      {chosen?.what === 'show' && <RevisionDialog id={chosen.revision.id} onClose={close} />}
      {chosen?.what === 'restore' && (
        <RestoreRevision revision={chosen.revision} onClose={close} onRestored={list.reload} />
      )}
    </Card>
  );
}

function What({ summary, current }: RevisionView) {
  return (
    <span class="wrap">
      {summary} {current && <span class="tag good">in force</span>}
    </span>
  );
}

function RevisionDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const full = useApi<RevisionText>(`/config/revisions/${id}`);
  return (
    <Dialog title={`Revision ${id}`} onClose={onClose} wide>
      <Loaded of={full} what="this revision">
        {({ diff }) => <Diff text={diff} />}
      </Loaded>
      <Buttons>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </Buttons>
    </Dialog>
  );
}

interface RestoreProps {
  readonly revision: RevisionView;
  readonly onClose: () => void;
  readonly onRestored: () => void;
}

function RestoreRevision({ revision, onClose, onRestored }: RestoreProps) {
  const { id, at, by } = revision;
  const restore = async () => {
    await send('POST', `/config/revisions/${id}/restore`);
    pendingMayHaveChanged();
    onRestored();
  };
  return (
    <Confirm
      title={`Go back to revision ${id}?`}
      action="Restore settings"
      onConfirm={restore}
      onClose={onClose}
    >
      <p>
        All settings become what they were after the change of <Utc at={at} /> by {by}. This makes a revision
        of its own: you can come back.
      </p>
    </Confirm>
  );
}
