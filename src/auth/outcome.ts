/** What becomes of a request about users, tokens or logins. What a caller got wrong is a value, never a throw. */

export type RefusalKind =
  /** Not, or wrongly, authenticated. */
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  /** The item is no longer the one that the caller has seen. */
  | 'stale'
  | 'invalid'
  /** Too many attempts: again after `retryAfterSeconds`. */
  | 'limited'
  /** The disk refused. */
  | 'failed';

export interface Refusal {
  readonly kind: RefusalKind;
  /** One line: what is wrong and what to do. */
  readonly detail: string;
  /** The field to blame, where there is one. */
  readonly field?: string;
  readonly retryAfterSeconds?: number;
}

export type Outcome<T> = { readonly done: T } | { readonly refused: Refusal };

export function done<T>(value: T): Outcome<T> {
  return { done: value };
}

export function refuse(kind: RefusalKind, detail: string, field?: string): { readonly refused: Refusal } {
  return { refused: { kind, detail, ...(field !== undefined && { field }) } };
}

export function limited(retryAfterSeconds: number, detail: string): { readonly refused: Refusal } {
  return { refused: { kind: 'limited', detail, retryAfterSeconds } };
}
