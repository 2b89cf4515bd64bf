/** JSON in one way only, so that a hash over it means something: RFC 8785. */

/** Keys sorted by UTF-16 code units, no white space; what JSON has no word for is null, or left out of an object. */
export function canonicalJson(value: unknown): string {
  return textOf(JSON.parse(JSON.stringify(value) ?? 'null'));
}

/** By hand: an object puts keys that are numbers first, whatever the order in which they came. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`);
  return `{${members.join(',')}}`;
}
