/** How a whole is made up. */
import { count, share } from '../../ui/number.ts';

export function Shares(props: {
  /** What a row is. */
  readonly name: string;
  /** Name and the counters that it sums. */
  readonly rows: readonly (readonly [string, readonly string[]])[];
  readonly counters: Readonly<Record<string, number>>;
}) {
  const { name, rows, counters } = props;
  const sums = rows.map(([, names]) => names.reduce((sum, one) => sum + (counters[one] ?? 0), 0));
  const total = sums.reduce((a, b) => a + b, 0);
  if (total === 0) return <p class="muted">Nothing was answered yet.</p>;
  return (
    <table class="histogram shares">
      <thead class="hidden">
        <tr>
          <th scope="col">{name}</th>
          <th scope="col">Share</th>
          <th scope="col">Datagrams</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([text], row) => (
          <tr key={text}>
            <th scope="row">{text}</th>
            <td>
              <span class="h-bar" style={{ width: `${((sums[row] ?? 0) / total) * 70}%` }} />{' '}
              {share((sums[row] ?? 0) / total)}
            </td>
            <td class="number">{count(sums[row])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
