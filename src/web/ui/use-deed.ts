import { useState } from 'preact/hooks';
import { ApiError, getWithEtag } from '../api.ts';

/** What is being done to an item of a collection. `etag`: a change quotes it, so that no two people overwrite. */
export type Deed<T> =
  | { readonly what: 'add' }
  | { readonly what: 'edit' | 'delete'; readonly item: T; readonly etag: string | null };

export interface Deeds<T> {
  readonly deed: Deed<T> | undefined;
  /** Why the item could not be fetched; empty: nothing is wrong. */
  readonly problem: string;
  add(): void;
  /** Fetches the item as it is now, then lets it be changed. */
  begin(what: 'edit' | 'delete', id: number): Promise<void>;
  end(): void;
}

/** `path` of the collection, e.g. `/keys`. */
export function useDeed<T>(path: string): Deeds<T> {
  const [deed, setDeed] = useState<Deed<T>>();
  const [problem, setProblem] = useState('');
  return {
    deed,
    problem,
    add: () => setDeed({ what: 'add' }),
    begin: async (what, id) => {
      setProblem('');
      try {
        const { data, etag } = await getWithEtag<T>(`${path}/${id}`);
        setDeed({ what, item: data, etag });
      } catch (error) {
        setProblem(error instanceof ApiError ? error.detail : String(error));
      }
    },
    end: () => setDeed(undefined),
  };
}
