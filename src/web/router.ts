/** Where the visitor is: the part of the address behind `#`, so that the server needs no routes for pages. */
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  /** First segment: the page's name. */
  readonly path: string;
  /** What follows it, decoded: `#/clients/192.0.2.7` has `['192.0.2.7']`. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

export const HOME = 'overview';
const LOGIN = 'login';

export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first = '', ...rest] = path.split('/').map(decoded);
  return { path: first === '' ? HOME : first, rest: rest.filter(Boolean), query: new URLSearchParams(query) };
}

/** An address that can be put into `href`. */
export function hrefTo(path: string, ...rest: string[]): string {
  return `#/${[path, ...rest].map(encodeURIComponent).join('/')}`;
}

/** The login, and from there back to where one is. */
export function hrefToLogin({ path, rest }: Route): string {
  const here = hrefTo(path, ...rest).slice('#/'.length);
  return path === LOGIN || path === HOME ? hrefTo(LOGIN) : `${hrefTo(LOGIN)}?to=${encodeURIComponent(here)}`;
}

/** Where a login leads that was begun at `route`; undefined: it is there already, in the place of the page. */
export function afterLogin({ path, query }: Route): string | undefined {
  if (path !== LOGIN) return undefined;
  const to = readRoute(query.get('to') ?? '');
  return to.path === LOGIN ? hrefTo(HOME) : hrefTo(to.path, ...to.rest);
}

export function go(path: string, ...rest: string[]): void {
  location.hash = hrefTo(path, ...rest);
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return readRoute(hash);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
