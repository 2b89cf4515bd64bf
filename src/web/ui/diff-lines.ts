/** The lines of a unified diff. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'place';
  readonly text: string;
}

/** Without the names of the files before the first change, which say nothing on the page. */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff === '' ? [] : diff.replace(/\n$/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return lines
    .slice(Math.max(0, first))
    .filter((line) => !line.startsWith('\\'))
    .map(diffLine);
}

function diffLine(line: string): DiffLine {
  if (line.startsWith('@@')) return { kind: 'place', text: line };
  if (line.startsWith('+')) return { kind: 'added', text: line.slice(1) };
  if (line.startsWith('-')) return { kind: 'removed', text: line.slice(1) };
  return { kind: 'same', text: line.replace(/^ /, '') };
}
