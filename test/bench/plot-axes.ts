/** Numbers as a reader of tables and axes wants them. */

/** 169 ns, 2.41 µs, 35.6 ms; three digits. */
export function nanoseconds(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return '–';
  if (size === 0) return '0';
  const [divisor, unit] = size < 999.5 ? [1, 'ns'] : size < 999.5e3 ? [1e3, 'µs'] : [1e6, 'ms'];
  return `${Number((value / divisor).toPrecision(3))} ${unit}`.replace('-', '−');
}

/** 45 s, 15 min, 1 h, 24 h. */
export function duration(seconds: number): string {
  const [divisor, unit] = seconds < 120 ? [1, 's'] : seconds < 3600 ? [60, 'min'] : [3600, 'h'];
  return `${Number((seconds / divisor).toFixed(1))} ${unit}`;
}

/** Round values between two ends, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * ([1, 2, 5, 10].find((factor) => factor * decade >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Step (s) of a time axis, and the unit that its labels are in. */
export function timeAxis(length: number): { step: number; unit: string; perUnit: number } {
  const steps = [1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
  const step = steps.find((seconds) => length / seconds <= 9) ?? Math.ceil(length / 9 / 86_400) * 86_400;
  if (length <= 600) return { step, unit: 's', perUnit: 1 };
  if (length <= 3 * 3600) return { step, unit: 'min', perUnit: 60 };
  return length <= 2 * 86_400 ? { step, unit: 'h', perUnit: 3600 } : { step, unit: 'days', perUnit: 86_400 };
}
