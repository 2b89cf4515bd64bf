/** "Did you mean …?" for keys and options. */

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Both strings
 * are cut at 64 characters, so that a hostile name costs nothing.
 */
export function editDistance(left: string, right: string): number {
  const a = left.slice(0, 64);
  const b = right.slice(0, 64);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(a, b, i, j, row, last, beforeLast));
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function cell(
  a: string,
  b: string,
  i: number,
  j: number,
  row: number[],
  last: number[],
  old: number[],
): number {
  const at = (cells: number[], index: number) => cells[index] ?? Number.POSITIVE_INFINITY;
  const cost = a[i - 1] === b[j - 1] ? 0 : 1;
  const plain = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost);
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(plain, at(old, j - 2) + 1) : plain;
}

/** The candidate that `name` is most likely a slip of, if any is near enough; case, `-` and `_` don't count. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const bare = (text: string) => text.toLowerCase().replace(/[-_]/g, '');
  const length = bare(name).length;
  const limit = length <= 5 ? 1 : length <= 9 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(bare(name), bare(candidate));
    // One that shares nothing with a short name is no slip of it.
    if (distance < bestDistance && distance < bare(candidate).length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
