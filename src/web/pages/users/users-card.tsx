import type { Role } from '../../../api/actor.ts';
import type { UserView } from '../../../api/auth-controls.ts';
import { send, useApi } from '../../api.ts';
import { refreshSession, useSession } from '../../session.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { FormError, Select, TextField, Toggle } from '../../ui/form.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { RowButtons } from '../../ui/row-buttons.tsx';
import { Table } from '../../ui/table.tsx';
import { Utc } from '../../ui/time.tsx';
import { type Deed, useDeed } from '../../ui/use-deed.ts';
import { useForm } from '../../ui/use-form.ts';
import { ROLE_OPTIONS } from './roles.ts';

export function UsersCard() {
  const list = useApi<{ items: readonly UserView[] }>('/users');
  const deeds = useDeed<UserView>('/users');
  const done = () => {
    deeds.end();
    list.reload();
    void refreshSession();
  };
  return (
    <Card title="Users">
      <Loaded of={list} what="the users">
        {({ items }) => (
          <Table<UserView>
            caption="Users"
            rows={items}
            rowKey={({ id }) => id}
            search={({ name, role }) => `${name} ${role}`}
            empty="There is no user yet."
            columns={[
              { key: 'name', title: 'Name', sort: ({ name }) => name, render: ({ name }) => name },
              { key: 'role', title: 'Role', sort: ({ role }) => role, render: ({ role }) => role },
              {
                key: 'state',
                title: 'State',
                sort: ({ disabled }) => disabled,
                render: ({ disabled }) =>
                  disabled ? <span class="tag warn">locked out</span> : 'may log in',
              },
              {
                key: 'seen',
                title: 'Last login (UTC)',
                sort: ({ lastLoginAt }) => lastLoginAt,
                render: ({ lastLoginAt }) => <Utc at={lastLoginAt} />,
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
        Add a user
      </button>
      {deeds.deed && <UserDeed deed={deeds.deed} onClose={deeds.end} onDone={done} />}
    </Card>
  );
}

interface UserDeedProps {
  readonly deed: Deed<UserView>;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function UserDeed({ deed, onClose, onDone }: UserDeedProps) {
  const { user } = useSession() ?? {};
  if (deed.what !== 'delete') return <UserForm deed={deed} onClose={onClose} onDone={onDone} />;
  const { item, etag } = deed;
  const remove = async () => {
    await send('DELETE', `/users/${item.id}`, undefined, { ifMatch: etag });
    onDone();
  };
  return (
    <Confirm title={`Delete user ${item.name}?`} action="Delete user" onConfirm={remove} onClose={onClose}>
      <p>
        {item.id === user?.id
          ? 'This is you: you will be logged out at once.'
          : 'They are logged out at once.'}
      </p>
    </Confirm>
  );
}

function UserForm({ deed, onClose, onDone }: UserDeedProps) {
  const old = deed.what === 'edit' ? deed : undefined;
  const form = useForm({
    name: '',
    role: old?.item.role ?? ('viewer' as Role),
    password: '',
    disabled: old?.item.disabled ?? false,
  });
  const { values, errors, set } = form;
  const save = ({ name, role, password, disabled }: typeof values) =>
    old
      ? send(
          'PATCH',
          `/users/${old.item.id}`,
          { role, disabled, ...(password !== '' && { password }) },
          { ifMatch: old.etag },
        )
      : send('POST', '/users', { name, role, password });
  return (
    <FormDialog
      title={old ? `User ${old.item.name}` : 'New user'}
      form={form}
      save={save}
      onClose={onClose}
      onSaved={onDone}
    >
      {!old && (
        <TextField
          label="Name"
          value={values.name}
          error={errors['name']}
          autoComplete="off"
          required
          onChange={(value) => set('name', value)}
        />
      )}
      <Select
        label="Role"
        value={values.role}
        error={errors['role']}
        options={ROLE_OPTIONS}
        onChange={(value) => set('role', value)}
      />
      <TextField
        label={old ? 'New password' : 'Password'}
        help={old ? 'Empty: the password stays.' : '12 characters or more; a few words do well.'}
        type="password"
        autoComplete="new-password"
        value={values.password}
        error={errors['password']}
        required={!old}
        onChange={(value) => set('password', value)}
      />
      {old && (
        <Toggle
          label="Locked out"
          help="May not log in, and is logged out now."
          value={values.disabled}
          error={errors['disabled']}
          onChange={(value) => set('disabled', value)}
        />
      )}
    </FormDialog>
  );
}
