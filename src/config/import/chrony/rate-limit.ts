/** chronyd's `ratelimit [interval N] [burst N] [leak N] [kod N]`. */
import type { ImportedRateLimit } from '../draft.ts';

interface Option {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** interval: log2 s. leak: one of 2^leak over the limit is answered. kod: one of 2^kod gets RATE, 0: none does. */
const OPTIONS: Readonly<Record<string, Option>> = {
  interval: { least: -19, most: 12, usual: 3 },
  burst: { least: 1, most: 255, usual: 8 },
  leak: { least: 1, most: 4, usual: 2 },
  kod: { least: 0, most: 4, usual: 0 },
};

export interface ChronyRateLimit {
  readonly limit: ImportedRateLimit;
  /** `kod` as written, undefined where it is not: how often RATE is sent can't be set here. */
  readonly kod: number | undefined;
}

export function readRateLimit(words: readonly string[]): ChronyRateLimit | { readonly error: string } {
  const values = new Map<string, number>();
  for (let i = 0; i < words.length; i += 2) {
    const name = (words[i] as string).toLowerCase();
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    const value = Number(words[i + 1] ?? Number.NaN);
    if (option === undefined)
      return { error: `${name.slice(0, 40)} is no option: use interval, burst, leak or kod` };
    if (!Number.isInteger(value) || value < option.least || value > option.most)
      return { error: `${name} needs a whole number of ${option.least} to ${option.most}` };
    values.set(name, value);
  }
  const of = (name: string) => values.get(name) ?? (OPTIONS[name] as Option).usual;
  const limit = { interval: 2 ** of('interval'), burst: of('burst'), leak: 2 ** of('leak') };
  return { limit, kod: values.get('kod') };
}
