/** JSON in one way only, so that a hash over it means something: RFC 8785. */

/** Keys sorted by UTF-16 code units, no white space; what JSON has no word for is null, or left out of an object. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(value) ?? 'null')));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // Without a prototype: a key named __proto__ is data too.
  const result: Record<string, unknown> = Object.create(null);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, member] of entries) result[key] = sorted(member);
  return result;
}
