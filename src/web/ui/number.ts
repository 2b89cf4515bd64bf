/** Numbers as people read them: the unit that fits, tabular, with a real minus sign; `–` where nothing is known. */

export const NOTHING = '–';
type Maybe = number | null | undefined;

function known(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

function signed(value: number, text: string): string {
  return value < 0 ? `−${text}` : `+${text}`;
}

/** Three to four figures. */
function figures(value: number): string {
  const size = Math.abs(value);
  return size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0);
}

/** Nanoseconds: `845 ns`, `3.85 µs`, `801 ms`. `withSign`: + as well. */
export function ns(value: Maybe, withSign = false): string {
  if (!known(value)) return NOTHING;
  if (value === 0) return '0 ns';
  const size = Math.abs(value);
  const [scaled, unit] =
    size < 999.5
      ? [size, 'ns']
      : size < 999_500
        ? [size / 1e3, 'µs']
        : size < 999_500_000
          ? [size / 1e6, 'ms']
          : [size / 1e9, 's'];
  const text = `${unit === 'ns' && size >= 10 ? scaled.toFixed(0) : figures(scaled)} ${unit}`;
  return withSign ? signed(value, text) : value < 0 ? `−${text}` : text;
}

/** Nanoseconds as marks of an axis, with the digits that tell marks `step` ns apart from each other. */
export function nsMark(value: number, step: number, size: number): string {
  const [scale, unit] = UNITS.find(([one]) => size >= one * 0.9995) ?? [1, 'ns'];
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step / scale) - 1e-6)));
  const text = `${(Math.abs(value) / scale).toFixed(digits)} ${unit}`;
  return value === 0 ? '0' : value < 0 ? `−${text}` : text;
}

const UNITS = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
] as const;

/** Parts per million, signed: `+12.055 ppm`. */
export function ppm(value: Maybe, digits = 3): string {
  return known(value) ? `${signed(value, Math.abs(value).toFixed(digits))} ppm` : NOTHING;
}

/** `12 s`, `4 min 10 s`, `2 h 59 min`, `12 d 5 h`. */
export function duration(seconds: Maybe): string {
  if (!known(seconds)) return NOTHING;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const pair = (large: number, unit: string, small: number, rest: string) =>
    small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${rest}`;
  if (s < 3600) return pair(Math.floor(s / 60), 'min', s < 600 ? s % 60 : 0, 's');
  if (s < 86_400) return pair(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min');
  return pair(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h');
}

/** With narrow spaces between thousands, at which no line breaks. */
export function count(value: Maybe): string {
  if (!known(value)) return NOTHING;
  return Math.round(value)
    .toString()
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Per second. */
export function rate(value: Maybe): string {
  if (!known(value)) return NOTHING;
  return `${value >= 100 ? count(value) : value.toFixed(value >= 9.95 || value === 0 ? 0 : 1)}/s`;
}

/** 0–1 as `37 %`. */
export function share(value: Maybe): string {
  if (!known(value)) return NOTHING;
  const percent = value * 100;
  return `${percent > 0 && percent < 1 ? '<1' : percent.toFixed(0)} %`;
}

export function fixed(value: Maybe, digits: number, unit = ''): string {
  if (!known(value)) return NOTHING;
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
}

/** `1.2e-9` as `1.2 × 10⁻⁹`. */
export function scientific(value: Maybe): string {
  if (!known(value)) return NOTHING;
  const [mantissa, exponent = '0'] = value.toExponential(1).split('e');
  return `${mantissa} × 10${[...String(Number(exponent))].map((c) => SUPERSCRIPT[c] ?? c).join('')}`;
}

/** `1e-9` as `10⁻⁹`. */
export function powerOfTen(value: Maybe): string {
  return scientific(value).replace(/^1\.0 × /, '');
}

const SUPERSCRIPT: Readonly<Record<string, string>> = Object.fromEntries(
  [...'-0123456789'].map((digit, index) => [digit, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][index] as string]),
);
