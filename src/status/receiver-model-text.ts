/** What make and model the receiver is, in words: for the page and the command line. */
import type { Status } from './status.ts';

/** `u-blox NEO-M8T (TIM 1.10)`; empty: nothing was told. */
export function receiverModelText(told: Status['receiver']['model']): string {
  if (!told) return '';
  const { maker, model, firmware } = told;
  const name = [maker, model].filter((part) => part !== null).join(' ');
  return firmware === null ? name : `${name || 'firmware'} (${firmware})`;
}
