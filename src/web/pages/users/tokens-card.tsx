import { useState } from 'preact/hooks';
import type { Role } from '../../../api/actor.ts';
import type { TokenView } from '../../../api/auth-controls.ts';
import { send, useApi } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { FormError, Select, TextField } from '../../ui/form.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { RowButtons } from '../../ui/row-buttons.tsx';
import { SecretDialog } from '../../ui/secret.tsx';
import { Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';
import { useDeed } from '../../ui/use-deed.ts';
import { useForm } from '../../ui/use-form.ts';
import { ROLE_OPTIONS } from './roles.ts';

interface Made {
  readonly name: string;
  readonly token: string;
}

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
            actions={({ id, name }) => <RowButtons what={name} onDelete={() => deeds.begin('delete', id)} />}
          />
        )}
      </Loaded>
      <FormError text={deeds.problem} />
      <button type="button" class="primary" onClick={deeds.add}>
        Make a token
      </button>
      {deed?.what === 'add' && <TokenForm onClose={deeds.end} onDone={done} />}
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

const LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'never', label: 'never' },
] as const;
type Life = (typeof LIVES)[number]['value'];

function TokenForm({ onClose, onDone }: { onClose: () => void; onDone: (made: Made) => void }) {
  const form = useForm({ name: '', role: 'viewer' as Role, expiresAt: '90' as Life });
  const { values, errors, set } = form;
  const save = async ({ name, role, expiresAt }: typeof values) => {
    const body = { name, role, expiresAt: expiryOf(expiresAt) };
    onDone((await send<Made>('POST', '/tokens', body)).data);
  };
  return (
    <FormDialog
      title="New token"
      form={form}
      action="Make it"
      save={save}
      onClose={onClose}
      onSaved={() => {}}
    >
      <TextField
        label="Name"
        help="What uses it, e.g. terraform."
        value={values.name}
        error={errors['name']}
        required
        onChange={(value) => set('name', value)}
      />
      <Select
        label="Role"
        value={values.role}
        error={errors['role']}
        options={ROLE_OPTIONS}
        onChange={(value) => set('role', value)}
      />
      <Select
        label="Expires"
        help="Counted from now, by this computer's date."
        value={values.expiresAt}
        error={errors['expiresAt']}
        options={LIVES}
        onChange={(value) => set('expiresAt', value)}
      />
    </FormDialog>
  );
}

function expiryOf(life: Life): string | null {
  return life === 'never' ? null : new Date(Date.now() + Number(life) * 86_400_000).toISOString();
}
