import type { ComponentChildren } from 'preact';
import type { ClientColumn, ClientView } from '../../../status/clients.ts';
import { hrefTo } from '../../router.ts';
import { count, duration, NOTHING, ns } from '../../ui/number.ts';
import { Utc } from '../../ui/time.tsx';

/** A column, with `-` before it when descending. */
export type Sort = ClientColumn | `-${ClientColumn}`;

interface Column {
  readonly key: ClientColumn;
  readonly title: string;
  readonly numeric?: boolean;
  readonly render: (client: ClientView) => ComponentChildren;
}

const COLUMNS: readonly Column[] = [
  {
    key: 'address',
    title: 'Address',
    render: ({ address }) => (
      <a class="mono" href={hrefTo('clients', address)}>
        {address}
      </a>
    ),
  },
  { key: 'lastSeen', title: 'Last seen', render: ({ lastSeen }) => <Utc at={lastSeen} short /> },
  { key: 'answered', title: 'Answered', numeric: true, render: ({ answered }) => count(answered) },
  {
    key: 'dropped',
    title: 'Dropped',
    numeric: true,
    render: ({ dropped }) => <span class={dropped > 0 ? 'warn' : ''}>{count(dropped)}</span>,
  },
  {
    key: 'version',
    title: 'Version',
    numeric: true,
    render: ({ version }) => (version === 0 ? NOTHING : version),
  },
  { key: 'keyId', title: 'Key', numeric: true, render: ({ keyId }) => keyId ?? NOTHING },
  {
    key: 'intervalSeconds',
    title: 'Asks every',
    numeric: true,
    render: ({ intervalSeconds: interval }) => intervalText(interval),
  },
  {
    key: 'clockOffsetSeconds',
    title: 'Its clock',
    numeric: true,
    render: ({ clockOffsetSeconds: offset }) => (offset === null ? NOTHING : ns(offset * 1e9, true)),
  },
  {
    key: 'lastDrop',
    title: 'Last drop',
    render: ({ lastDrop }) => (lastDrop ? <code>{lastDrop.outcome}</code> : NOTHING),
  },
];

/** What the tags say already, until the style makes cards of the rows: then browsers forget it. */
const ROLE = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  cell: { role: 'cell' },
} as const;

export function intervalText(seconds: number | null): string {
  if (seconds === null) return NOTHING;
  if (seconds < 10) return `${seconds.toPrecision(2)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : duration(seconds);
}

export function ClientTable(props: {
  readonly clients: readonly ClientView[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}) {
  const { clients, sort, onSort } = props;
  return (
    <table class="table compact" {...ROLE.table}>
      <caption class="hidden">Clients</caption>
      <thead {...ROLE.rowgroup}>
        <tr {...ROLE.row}>
          {COLUMNS.map((column) => (
            <Heading key={column.key} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody {...ROLE.rowgroup}>
        {clients.map((client) => (
          <tr key={client.address} {...ROLE.row}>
            {COLUMNS.map(({ key, title, numeric, render }) => (
              <td key={key} {...ROLE.cell} data-label={title} class={numeric ? 'number' : ''}>
                {render(client)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Heading(props: {
  readonly column: Column;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}) {
  const { column, sort, onSort } = props;
  const { key, title, numeric } = column;
  const down = sort === `-${key}`;
  const up = sort === key;
  // Numbers and times: the largest first is what one wants to see.
  const next: Sort = down ? key : up ? `-${key}` : key === 'address' ? key : `-${key}`;
  return (
    <th
      scope="col"
      {...ROLE.columnheader}
      class={numeric ? 'number sortable' : 'sortable'}
      aria-sort={down ? 'descending' : up ? 'ascending' : 'none'}
    >
      <button type="button" class="sort-button" onClick={() => onSort(next)}>
        {title}
        <span aria-hidden="true" class="sort-mark">
          {down ? '▾' : up ? '▴' : ''}
        </span>
      </button>
    </th>
  );
}
