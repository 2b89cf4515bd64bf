/** Servers: other NTP servers to compare with. */
import type { ServerView } from '../../api/settings-controls.ts';
import { send, useApi } from '../api.ts';
import { useReloadOnChange } from '../live.ts';
import { may, useSession } from '../session.ts';
import { Confirm } from '../ui/dialog.tsx';
import { FormError, TextField } from '../ui/form.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Card, Page } from '../ui/layout.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { RowButtons } from '../ui/row-buttons.tsx';
import { Table } from '../ui/table.tsx';
import { type Deed, useDeed } from '../ui/use-deed.ts';
import { useForm } from '../ui/use-form.ts';

export function ServersPage() {
  const list = useApi<{ items: readonly ServerView[] }>('/servers');
  useReloadOnChange(list.reload);
  const deeds = useDeed<ServerView>('/servers');
  const mayEdit = may(useSession(), 'admin');
  const done = () => {
    deeds.end();
    list.reload();
  };
  return (
    <Page title="Servers">
      <Card title="NTP servers to compare with">
        <p class="muted">
          The appliance takes its time from its own receiver. These servers are kept as a list to compare
          with; none is needed.
        </p>
        <Loaded of={list} what="the list of servers">
          {({ items }) => (
            <Table<ServerView>
              caption="NTP servers"
              rows={items}
              rowKey={({ id }) => id}
              search={({ address, description }) => `${address} ${description}`}
              empty="No server is listed."
              columns={[
                { key: 'id', title: 'ID', numeric: true, sort: ({ id }) => id, render: ({ id }) => id },
                {
                  key: 'address',
                  title: 'Address',
                  sort: ({ address }) => address,
                  render: ({ address }) => <span class="mono wrap">{address}</span>,
                },
                {
                  key: 'description',
                  title: 'Description',
                  sort: ({ description }) => description,
                  render: ({ description }) => description || '–',
                },
              ]}
              {...(mayEdit && {
                actions: ({ id, address }) => (
                  <RowButtons
                    what={address}
                    onEdit={() => deeds.begin('edit', id)}
                    onDelete={() => deeds.begin('delete', id)}
                  />
                ),
              })}
            />
          )}
        </Loaded>
        <FormError text={deeds.problem} />
        {mayEdit && (
          <button type="button" class="primary" onClick={deeds.add}>
            Add a server
          </button>
        )}
      </Card>
      {deeds.deed && <ServerDeed deed={deeds.deed} onClose={deeds.end} onDone={done} />}
    </Page>
  );
}

interface ServerDeedProps {
  readonly deed: Deed<ServerView>;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function ServerDeed({ deed, onClose, onDone }: ServerDeedProps) {
  if (deed.what !== 'delete') return <ServerForm deed={deed} onClose={onClose} onDone={onDone} />;
  const { item, etag } = deed;
  const remove = async () => {
    await send('DELETE', `/servers/${item.id}`, undefined, { ifMatch: etag });
    onDone();
  };
  return (
    <Confirm title={`Delete ${item.address}?`} action="Delete server" onConfirm={remove} onClose={onClose} />
  );
}

function ServerForm({ deed, onClose, onDone }: ServerDeedProps) {
  const old = deed.what === 'add' ? undefined : deed;
  const form = useForm({ address: old?.item.address ?? '', description: old?.item.description ?? '' });
  const save = (values: typeof form.values) =>
    old
      ? send('PATCH', `/servers/${old.item.id}`, values, { ifMatch: old.etag })
      : send('POST', '/servers', values);
  return (
    <FormDialog
      title={old ? `Server ${old.item.address}` : 'New server'}
      form={form}
      save={save}
      onClose={onClose}
      onSaved={onDone}
    >
      <TextField
        label="Address"
        help="Host name or IP address."
        value={form.values.address}
        error={form.errors['address']}
        maxLength={255}
        required
        mono
        onChange={(value) => form.set('address', value)}
      />
      <TextField
        label="Description"
        value={form.values.description}
        error={form.errors['description']}
        maxLength={250}
        onChange={(value) => form.set('description', value)}
      />
    </FormDialog>
  );
}
