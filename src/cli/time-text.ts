/** Nanoseconds in the unit that a reader would choose. */
export function time(ns: number | null, withSign = false): string {
  if (ns === null || !Number.isFinite(ns)) return '–';
  const size = Math.abs(ns);
  const [value, unit] =
    size < 1e3 ? [ns, 'ns'] : size < 1e6 ? [ns / 1e3, 'µs'] : size < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  const digits = unit === 'ns' ? 0 : 3;
  return `${withSign ? signed(value, digits) : value.toFixed(digits)} ${unit}`;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}
