import { useState } from 'preact/hooks';
import type { TokenView } from '../../../api/auth-controls.ts';
import { send, useApi } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { RowButtons } from '../../ui/row-buttons.tsx';
import { SecretDialog } from '../../ui/secret.tsx';
import { Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { type Made, RenameToken, TokenForm } from './token-form.tsx';

export function TokensCard() {
  const list = useApi<{ items: readonly TokenView[] }>('/tokens');
  const deeds = useDeed<TokenView>('/tokens');
  const [made, setMade] = useState<Made>();
  const done = (token?: Made) => {
    deeds.end();
    list.reload();
    setMade(token);
  };
  const { deed } = deeds;
  return (
    <Card title="API tokens" note="for programs">
      <Loaded of={list} what="API tokens">
        {({ items }) => (
          <Table<TokenView>
            caption="API tokens"
            rows={items}
            rowKey={({ id }) => id}
            search={({ name, role, hint }) => `${name} ${role} ${hint}`}
            empty="There is no token."
            columns={[
              { key: 'name', title: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
              { key: 'role', title: 'Role', sort: ({ role }) => role, render: ({ role }) => role },
              { key: 'hint', title: 'Token', render: ({ hint }) => <span class="mono">{hint}</span> },
              {
                key: 'expires',
                title: 'Expires (UTC)',
                sort: ({ expiresAt }) => expiresAt,
                render: ({ expiresAt }) => (expiresAt ? <Utc at={expiresAt} /> : 'never'),
              },
              {
                key: 'used',
                title: 'Last used (UTC)',
                sort: ({ lastUsedAt }) => lastUsedAt,
                render: ({ lastUsedAt }) => <Utc at={lastUsedAt} />,
              },
            ]}
            actions={({ id, name }) => (
              <RowButtons
                what={name}
                onEdit={() => deeds.begin('edit', id)}
                onDelete={() => deeds.begin('delete', id)}
              />
            )}
          />
        )}
      </Loaded>
      <FormError text={deeds.problem} />
      <button type="button" class="primary" onClick={deeds.add}>
        Make a token
      </button>
      {deed?.what === 'add' && <TokenForm onClose={deeds.end} onDone={done} />}
      {deed?.what === 'edit' && (
        <RenameToken token={deed.item} etag={deed.etag} onClose={deeds.end} onDone={() => done()} />
      )}
      {deed?.what === 'delete' && (
        <Confirm
          title={`Delete token ${deed.item.name}?`}
          action="Delete token"
          onClose={deeds.end}
          onConfirm={async () => {
            await send('DELETE', `/tokens/${deed.item.id}`, undefined, { ifMatch: deed.etag });
            done();
          }}
        >
          <p>Programs that use it are refused from then on.</p>
        </Confirm>
      )}
      {made && (
        <SecretDialog
          title={`Token ${made.name}`}
          text="Programs send it as “Authorization: Bearer …”. It is shown this once: copy it now."
          secret={made.token}
          onClose={() => setMade(undefined)}
        />
      )}
    </Card>
  );
}
