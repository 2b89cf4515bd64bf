/** A table that can be sorted and searched; on narrow screens each row is a card. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { findRows, type SortValue, sortRows } from './sorting.ts';
import './table.css';

/**
 * The roles that the tags have by themselves, until the style makes cards of the rows: browsers then take the tags'
 * own roles away.
 */
const TABLE = { role: 'table' } as const;
const GROUP = { role: 'rowgroup' } as const;
const ROW = { role: 'row' } as const;
const HEADER = { role: 'columnheader' } as const;
const CELL = { role: 'cell' } as const;

export interface Column<R> {
  readonly key: string;
  readonly title: string;
  readonly render: (row: R) => ComponentChildren;
  /** Absent: the column can't be sorted by. */
  readonly sort?: (row: R) => SortValue;
  readonly numeric?: boolean;
}

export interface TableProps<R> {
  /** What the rows are; read out by screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string | number;
  /** What a row can be found by; absent: no search field. */
  readonly search?: (row: R) => string;
  /** Said where there is no row at all. */
  readonly empty: string;
  /** Buttons of a row. */
  readonly actions?: (row: R) => ComponentChildren;
  readonly pageSize?: number;
}

interface Order {
  readonly key: string;
  readonly descending: boolean;
}

export function Table<R>(props: TableProps<R>) {
  const { caption, columns, rows, rowKey, search, empty, actions, pageSize = 50 } = props;
  const [order, setOrder] = useState<Order>({ key: '', descending: false });
  const [text, setText] = useState('');
  const [wanted, setPage] = useState(0);
  if (rows.length === 0) return <p class="muted">{empty}</p>;
  const found = search ? findRows(rows, search, text) : rows;
  const column = columns.find(({ key }) => key === order.key);
  const sorted = sortRows(found, column?.sort, order.descending);
  const pages = Math.max(1, Math.ceil(sorted.length / pageSize));
  const page = Math.min(wanted, pages - 1);
  const shown = sorted.slice(page * pageSize, (page + 1) * pageSize);
  return (
    <div class="table-box">
      {search && rows.length > 5 && (
        <SearchField caption={caption} text={text} onText={setText} found={found.length} all={rows.length} />
      )}
      <table class="table" {...TABLE}>
        <caption class="hidden">{caption}</caption>
        <thead {...GROUP}>
          <tr {...ROW}>
            {columns.map((each) => (
              <Heading key={each.key} column={each} order={order} onOrder={setOrder} />
            ))}
            {actions && (
              <th scope="col" {...HEADER}>
                <span class="hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody {...GROUP}>
          {shown.map((row) => (
            <tr key={rowKey(row)} {...ROW}>
              {columns.map(({ key, title, render, numeric }) => (
                <td key={key} {...CELL} data-label={title} class={numeric ? 'number' : ''}>
                  {render(row)}
                </td>
              ))}
              {actions && (
                <td {...CELL} class="row-actions">
                  {actions(row)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {pages > 1 && <Pager page={page} pages={pages} onPage={setPage} />}
    </div>
  );
}

function Heading<R>(props: { column: Column<R>; order: Order; onOrder: (order: Order) => void }) {
  const { column, order, onOrder } = props;
  const { key, title, sort, numeric } = column;
  const sorted = order.key === key;
  const direction = order.descending ? 'descending' : 'ascending';
  if (!sort)
    return (
      <th scope="col" {...HEADER} class={numeric ? 'number' : ''}>
        {title}
      </th>
    );
  return (
    <th
      scope="col"
      {...HEADER}
      class={numeric ? 'number sortable' : 'sortable'}
      aria-sort={sorted ? direction : 'none'}
    >
      <button
        type="button"
        class="sort-button"
        onClick={() => onOrder({ key, descending: sorted && !order.descending })}
      >
        {title}
        <span aria-hidden="true" class="sort-mark">
          {sorted ? (order.descending ? '▾' : '▴') : ''}
        </span>
      </button>
    </th>
  );
}

interface SearchProps {
  readonly caption: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly found: number;
  readonly all: number;
}

function SearchField({ caption, text, onText, found, all }: SearchProps) {
  return (
    <search class="table-search">
      <input
        type="search"
        aria-label={`Search: ${caption}`}
        placeholder="Search"
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <span role="status">{text === '' ? `${all}` : `${found} of ${all}`}</span>
    </search>
  );
}

interface PagerProps {
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

/** Pages count from 0 here and from 1 on the screen. */
export function Pager({ page, pages, onPage }: PagerProps) {
  return (
    <nav class="pager" aria-label="Pages of the table">
      <button type="button" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Back
      </button>
      <span role="status">
        Page {page + 1} of {pages}
      </span>
      <button type="button" disabled={page >= pages - 1} onClick={() => onPage(page + 1)}>
        Next
      </button>
    </nav>
  );
}
