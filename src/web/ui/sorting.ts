/** How a table's rows are put in order and found. */

export type SortValue = string | number | boolean | null | undefined;

/** Numbers by size, texts as people order them (key 9 before key 10); what is unknown comes last either way. */
export function compareValues(a: SortValue, b: SortValue, descending: boolean): number {
  const lacksA = a === null || a === undefined;
  const lacksB = b === null || b === undefined;
  if (lacksA || lacksB) return Number(lacksA) - Number(lacksB);
  const order =
    typeof a === 'string' || typeof b === 'string'
      ? TEXTS.compare(String(a), String(b))
      : Number(a) - Number(b);
  return descending ? -order : order;
}

const TEXTS = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export function sortRows<R>(
  rows: readonly R[],
  value: ((row: R) => SortValue) | undefined,
  descending: boolean,
): readonly R[] {
  if (!value) return rows;
  return [...rows].sort((a, b) => compareValues(value(a), value(b), descending));
}

/** Rows whose text holds every word, in any order and case. */
export function findRows<R>(rows: readonly R[], text: (row: R) => string, search: string): readonly R[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const hay = text(row).toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
