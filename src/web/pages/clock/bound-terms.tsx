/** The error bound, taken apart. */
import type { Status } from '../../../status/status.ts';
import { ns } from '../../ui/number.ts';

const TERMS = {
  edges: 'scatter of the edges and of the crystal',
  lateEdge: 'one late edge that went unnoticed',
  systematic: 'latency that all edges share',
  rate: 'a rate not settled yet',
  alone: 'left alone, as drills have shown',
} as const;

export function BoundTerms({ status: { clock } }: { readonly status: Status }) {
  const terms = clock.boundTermsNs;
  if (!terms) return <p class="muted">Nothing is known yet.</p>;
  const names = Object.keys(TERMS) as (keyof typeof TERMS)[];
  const most = Math.max(1, ...names.map((name) => terms[name]));
  return (
    <table class="histogram terms">
      <caption class="hidden">Terms of the error bound</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Term</th>
          <th scope="col">Share</th>
          <th scope="col">Size</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{TERMS[name]}</th>
            <td aria-hidden="true">
              <span class="h-bar" style={{ width: `${(terms[name] / most) * 100}%` }} />
            </td>
            <td class="number">{ns(terms[name])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
