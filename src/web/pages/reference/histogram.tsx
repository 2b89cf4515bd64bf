/** How often the edges are how far off. Buckets widen with the size, as their names say. */
import type { Status } from '../../../status/status.ts';
import { count, ns } from '../../ui/number.ts';

type Bucket = Status['quality']['histogram'][number];

export function Histogram({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const first = buckets.findIndex(({ count: n }) => n > 0);
  if (first < 0) return <p class="muted">No edge has been measured yet.</p>;
  const last = buckets.findLastIndex(({ count: n }) => n > 0);
  const shown = buckets.slice(Math.max(0, first - 1), last + 2);
  const total = buckets.reduce((sum, { count: n }) => sum + n, 0);
  const most = Math.max(...shown.map(({ count: n }) => n));
  return (
    <table class="histogram">
      <caption class="hidden">Edges by their offset from the clock’s prediction</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Offset</th>
          <th scope="col">Share</th>
          <th scope="col">Edges</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((bucket) => (
          <tr key={String(bucket.fromNs)}>
            <th scope="row">{rangeText(bucket)}</th>
            <td>
              <span class="h-bar" style={{ width: `${(bucket.count / most) * 100}%` }} />
              <span class="hidden">{((bucket.count / total) * 100).toFixed(1)} %</span>
            </td>
            <td class="number">{count(bucket.count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rangeText({ fromNs, toNs }: Bucket): string {
  if (fromNs === null) return `under ${ns(toNs, true)}`;
  if (toNs === null) return `${ns(fromNs, true)} and more`;
  return `${ns(fromNs, true)} … ${ns(toNs, true)}`;
}
