/** What has changed between two texts, as `diff -u` shows it. */

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Insertions and deletions up to which the shortest way is looked for; beyond, the middle is replaced as a whole. */
const MOST_STEPS = 300;

type Kind = ' ' | '-' | '+';

interface Line {
  readonly kind: Kind;
  readonly text: string;
}

/** Empty where the texts are the same. `names` head it. */
export function unifiedDiff(before: string, after: string, names: readonly [string, string]): string {
  if (before === after) return '';
  const lines = compare(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines);
  return `--- ${names[0]}\n+++ ${names[1]}\n${hunks.join('')}`;
}

/** A last line without an end differs from one with: it carries a mark. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() as string;
  if (last !== '') lines.push(`${last}\n\\ No newline at end of file`);
  return lines;
}

function compare(a: readonly string[], b: readonly string[]): Line[] {
  const most = Math.min(a.length, b.length);
  let first = 0;
  while (first < most && a[first] === b[first]) first++;
  let last = 0;
  while (last < most - first && a[a.length - 1 - last] === b[b.length - 1 - last]) last++;
  const marked = (lines: readonly string[], kind: Kind) => lines.map((text) => ({ kind, text }));
  return [
    ...marked(a.slice(0, first), ' '),
    ...shortest(a.slice(first, a.length - last), b.slice(first, b.length - last)),
    ...marked(a.slice(a.length - last), ' '),
  ];
}

/** E. W. Myers, "An O(ND) difference algorithm and its variations", 1986. */
function shortest(a: readonly string[], b: readonly string[]): Line[] {
  const trace: Map<number, number>[] = [];
  const reach = new Map([[1, 0]]);
  for (let d = 0; d <= Math.min(a.length + b.length, MOST_STEPS); d++) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1));
      let x = down ? at(reach, k + 1) : at(reach, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(a, b, trace);
    }
  }
  return [...a.map((text): Line => ({ kind: '-', text })), ...b.map((text): Line => ({ kind: '+', text }))];
}

function at(reach: ReadonlyMap<number, number>, k: number): number {
  return reach.get(k) ?? -1;
}

function backtrack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly Map<number, number>[],
): Line[] {
  const lines: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d] as Map<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && at(reach, k - 1) < at(reach, k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(reach, fromK);
    const fromY = fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      lines.push({ kind: ' ', text: a[--x] as string });
      y--;
    }
    if (d === 0) break;
    if (down) lines.push({ kind: '+', text: b[--y] as string });
    else lines.push({ kind: '-', text: a[--x] as string });
  }
  return lines.reverse();
}

function hunksOf(lines: readonly Line[]): string[] {
  const hunks: string[] = [];
  for (let i = 0; i < lines.length; ) {
    if (lines[i]?.kind === ' ') {
      i++;
      continue;
    }
    const from = Math.max(0, i - CONTEXT);
    let to = i;
    // Changes with up to twice the context between them share a hunk.
    for (let j = i; j < lines.length && j <= to + 2 * CONTEXT; j++) if (lines[j]?.kind !== ' ') to = j;
    const end = Math.min(lines.length, to + 1 + CONTEXT);
    hunks.push(hunk(lines, from, end));
    i = end;
  }
  return hunks;
}

function hunk(lines: readonly Line[], from: number, to: number): string {
  const count = (part: readonly Line[], other: Kind) => part.filter(({ kind }) => kind !== other).length;
  const inside = lines.slice(from, to);
  const range = (other: Kind) => {
    const length = count(inside, other);
    const start = count(lines.slice(0, from), other) + (length === 0 ? 0 : 1);
    return length === 1 ? `${start}` : `${start},${length}`;
  };
  const body = inside.map(({ kind, text }) => `${kind}${text}\n`).join('');
  return `@@ -${range('+')} +${range('-')} @@\n${body}`;
}
