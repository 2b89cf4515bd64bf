/** What an API call gave, or in words why there is nothing to see. */
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api.ts';
import { Problem } from './layout.tsx';

export interface LoadedProps<T> {
  readonly of: { readonly data: T | undefined; readonly error: ApiError | undefined };
  /** What it is, as it reads after "does not offer". */
  readonly what: string;
  readonly children: (data: T) => ComponentChildren;
}

/** Data that is there stays on the screen when a later call fails; the failure is told above it. */
export function Loaded<T>({ of: { data, error }, what, children }: LoadedProps<T>) {
  return (
    <>
      <Problem error={error} what={what} />
      {data !== undefined ? children(data) : !error && <p class="muted">Loading…</p>}
    </>
  );
}
