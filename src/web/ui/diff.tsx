/** Differences: of texts as unified diffs, of values as before and after. */
import { type DiffLine, diffLines } from './diff-lines.ts';
import './diff.css';

const SIGN = { same: ' ', added: '+', removed: '−', place: '' } as const;

export function Diff({ text }: { readonly text: string }) {
  const lines = diffLines(text);
  if (lines.length === 0) return <p class="muted">Nothing changes.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="diff mono" tabIndex={0} aria-label="Difference">
      {lines.map((line, i) => (
        <DiffRow key={i} {...line} />
      ))}
    </section>
  );
}

function DiffRow({ kind, text }: DiffLine) {
  const content = `${SIGN[kind]} ${text}`;
  if (kind === 'added') return <ins class="diff-line">{content}</ins>;
  if (kind === 'removed') return <del class="diff-line">{content}</del>;
  return <div class={kind === 'place' ? 'diff-line diff-place' : 'diff-line'}>{content}</div>;
}

/** One value before and after, as an audit entry or a summary has them. */
export function Change({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  return (
    <span class="change mono">
      {before !== undefined && before !== null && <del>{valueText(before)}</del>}
      {after !== undefined && after !== null && <ins>{valueText(after)}</ins>}
    </span>
  );
}

export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
