import { useState } from 'preact/hooks';
import type { SessionView } from '../../../api/auth-controls.ts';
import { send, useApi } from '../../api.ts';
import { refreshSession } from '../../session.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';

export function SessionsCard() {
  const list = useApi<{ items: readonly SessionView[] }>('/sessions', { every: 30 });
  const [leaving, setLeaving] = useState<SessionView>();
  return (
    <Card title="Logged in now">
      <Loaded of={list} what="the list of sessions">
        {({ items }) => (
          <Table<SessionView>
            caption="Sessions"
            rows={items}
            rowKey={({ id }) => id}
            empty="Nobody is logged in."
            columns={[
              { key: 'name', title: 'User', sort: ({ name }) => name, render: ({ name }) => name },
              {
                key: 'address',
                title: 'From',
                sort: ({ address }) => address,
                render: ({ address }) => <span class="mono">{address}</span>,
              },
              {
                key: 'agent',
                title: 'Browser',
                render: ({ agent }) => <span class="muted wrap">{agent}</span>,
              },
              {
                key: 'since',
                title: 'Since (UTC)',
                sort: ({ createdAt }) => createdAt,
                render: ({ createdAt }) => <Utc at={createdAt} />,
              },
            ]}
            actions={(each) => (
              <button
                type="button"
                class="small"
                aria-label={`Log out ${each.name} at ${each.address}`}
                onClick={() => setLeaving(each)}
              >
                Log out
              </button>
            )}
          />
        )}
      </Loaded>
      {leaving && (
        <Confirm
          title={`Log out ${leaving.name}?`}
          action="Log out"
          onClose={() => setLeaving(undefined)}
          onConfirm={async () => {
            await send('DELETE', `/sessions/${leaving.id}`);
            list.reload();
            void refreshSession();
          }}
        >
          <p>
            The session from <span class="mono">{leaving.address}</span> ends at once.
          </p>
        </Confirm>
      )}
    </Card>
  );
}
