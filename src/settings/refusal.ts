/** Why a change was not made. */
import type { ConfigProblem } from '../config/problem.ts';

export interface Refusal {
  /**
   * `invalid`: a value is wrong; `conflict`: it does not go with the state of now; `missing`: there is no such thing;
   * `changed`: it is not what the asker has seen; `failed`: the disk or the running appliance refused.
   */
  readonly refused: 'invalid' | 'conflict' | 'missing' | 'changed' | 'failed';
  /** One line: what is wrong and what to do. */
  readonly detail: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

export function refusal(
  refused: Refusal['refused'],
  detail: string,
  errors: Refusal['errors'] = [],
): Refusal {
  return { refused, detail, errors };
}

/** `within`: the path of the item that was sent; the fields are then named as its sender knows them. */
export function invalid(problems: readonly ConfigProblem[], within = ''): Refusal {
  const errors = problems.map(({ key, message }) => ({ field: fieldOf(key, within), message }));
  const [first] = errors;
  const detail = first
    ? first.field === ''
      ? first.message
      : `${first.field}: ${first.message}`
    : 'not possible';
  return refusal('invalid', detail, errors);
}

function fieldOf(key: string, within: string): string {
  if (within === '' || !key.startsWith(within)) return key;
  return key.slice(within.length).replace(/^\./, '');
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value;
}
