/** Asking the appliance: JSON in and out, problems as typed errors. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { isAttended, UNATTENDED } from './presence.ts';

const BASE = '/api/v1';
/** Longer than any answer takes; a dead network must not leave a page waiting for good. */
const TIMEOUT_MS = 20_000;

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];

  constructor(problem: Partial<Pick<ApiError, 'status' | 'title' | 'detail' | 'errors'>>) {
    super(problem.detail || problem.title || 'no answer');
    this.status = problem.status ?? 0;
    this.title = problem.title ?? '';
    this.detail = this.message;
    this.errors = problem.errors ?? [];
  }

  /** The endpoint is not part of this appliance. */
  get missing(): boolean {
    return this.status === 404 || this.status === 501;
  }

  /** What is wrong with one field; '' where nothing is. */
  of(field: string): string {
    return this.errors.find((error) => error.field === field)?.message ?? '';
  }
}

/** What the session module tells this one: importing it would make a cycle. */
export const hooks = {
  csrf: null as string | null,
  unauthorised: () => {},
  streamLost: () => {},
  changed: (_answer: unknown) => {},
};

export interface Sent<T> {
  readonly data: T;
  readonly etag: string | null;
  readonly location: string | null;
}

/** `path` without `/api/v1`. @throws ApiError */
export async function get<T>(path: string): Promise<T> {
  return (await request<T>('GET', path)).data;
}

/** As `get`, with the ETag that a change of the resource has to quote. */
export function getWithEtag<T>(path: string): Promise<Sent<T>> {
  return request<T>('GET', path);
}

/** `body` is sent as JSON. @throws ApiError */
export async function send<T = undefined>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  options: { readonly ifMatch?: string | null | undefined } = {},
): Promise<Sent<T>> {
  const sent = await request<T>(method, path, {
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(options.ifMatch && { 'if-match': options.ifMatch }),
      ...(hooks.csrf !== null && { 'x-csrf-token': hooks.csrf }),
    },
  });
  hooks.changed(sent.data);
  return sent;
}

/** A file as the appliance makes it, such as a backup. @throws ApiError */
export async function download(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Blob> {
  const response = await reach(method, path, {
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(hooks.csrf !== null && { 'x-csrf-token': hooks.csrf }),
    },
  });
  return response.blob();
}

async function request<T>(method: string, path: string, init: RequestInit = {}): Promise<Sent<T>> {
  const response = await reach(method, path, init);
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '');
  return {
    data: (text !== '' && json ? JSON.parse(text) : undefined) as T,
    etag: response.headers.get('etag'),
    location: response.headers.get('location'),
  };
}

async function reach(method: string, path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    const headers = {
      ...(!isAttended() && UNATTENDED),
      ...(init.headers as Record<string, string> | undefined),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    response = await fetch(BASE + path, { method, signal, ...init, headers });
  } catch {
    throw new ApiError({ detail: 'the appliance does not answer: is it restarting, or the network down?' });
  }
  if (response.ok) return response;
  const error = await problemOf(response);
  // Logging in is where the wrong password belongs on the page itself.
  if (error.status === 401 && path !== '/session') hooks.unauthorised();
  throw error;
}

async function problemOf(response: Response): Promise<ApiError> {
  const { status, statusText } = response;
  try {
    return new ApiError({ title: statusText, ...((await response.json()) as object), status });
  } catch {
    return new ApiError({ status, detail: `the appliance answered ${status} ${statusText}` });
  }
}

export interface Loaded<T> {
  /** Stays while it is asked again. */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  reload(): void;
}

/** Asks at once and, where `every` (s) is given, again and again while the page is seen. No path: asks nothing. */
export function useApi<T>(path: string | undefined, { every }: { every?: number } = {}): Loaded<T> {
  const [state, setState] = useState<{ path?: string | undefined; data?: T; error?: ApiError }>({});
  const [turn, setTurn] = useState(0);
  const [loading, setLoading] = useState(path !== undefined);
  const asking = useRef(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => {
    if (path === undefined) return;
    const mine = ++asking.current;
    setLoading(true);
    const done = (next: { data?: T; error?: ApiError }) => {
      if (mine !== asking.current) return;
      setLoading(false);
      setState((last) => ({ ...(last.path === path ? last : {}), path, error: undefined, ...next }) as never);
    };
    get<T>(path).then(
      (data) => done({ data }),
      (error) => done({ error: error as ApiError }),
    );
    return () => void asking.current++;
  }, [path, turn]);

  useEffect(() => {
    if (every === undefined) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) reload();
    }, every * 1000);
    return () => window.clearInterval(timer);
  }, [every, reload]);

  return { data: state.data, error: state.error, loading, reload };
}
