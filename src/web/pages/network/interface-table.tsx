import type { NetworkView } from '../../../api/settings-controls.ts';
import { Table } from '../../ui/table.tsx';

type Interface = NetworkView['interfaces'][number];

export function InterfaceTable({ interfaces }: { readonly interfaces: readonly Interface[] }) {
  return (
    <Table<Interface>
      caption="Network interfaces"
      rows={interfaces}
      rowKey={({ name }) => name}
      empty="There is no network interface."
      columns={[
        {
          key: 'name',
          title: 'Name',
          sort: ({ name }) => name,
          render: ({ name }) => <span class="mono">{name}</span>,
        },
        {
          key: 'up',
          title: 'State',
          sort: ({ up }) => up,
          render: ({ up }) => <span class={up ? 'tag good' : 'tag'}>{up ? 'up' : 'down'}</span>,
        },
        {
          key: 'addresses',
          title: 'Addresses',
          render: ({ addresses }) => <span class="mono wrap">{addresses.join(', ') || '–'}</span>,
        },
        { key: 'mac', title: 'MAC', render: ({ mac }) => <span class="mono">{mac || '–'}</span> },
      ]}
    />
  );
}
