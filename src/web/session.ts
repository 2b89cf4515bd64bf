/** Who is at the page, as `GET /api/v1/session` says it. */
import { useEffect, useState } from 'preact/hooks';
import type { Role } from '../api/actor.ts';
import { ApiError, get, hooks, send } from './api.ts';
import { reopen } from './live.ts';

export interface Session {
  readonly claimed: boolean;
  /** An open simulation: everybody is admin. */
  readonly demo: boolean;
  readonly user: { readonly id: number; readonly name: string; readonly role: Role } | null;
  readonly via: string | null;
  readonly csrf: string | null;
  readonly mode: 'hardware' | 'simulation';
  /** Whether the status shows without a login. */
  readonly openStatus: boolean;
  readonly hostName: string;
  readonly version: string;
  readonly tls: boolean;
  readonly expiresInSeconds: number | null;
}

/** Before the appliance has users at all, everybody is what a demo's visitor is. */
const WITHOUT_USERS: Session = {
  claimed: true,
  demo: true,
  user: { id: 0, name: 'demo', role: 'admin' },
  via: 'demo',
  csrf: null,
  mode: 'simulation',
  openStatus: true,
  hostName: '',
  version: '',
  tls: false,
  expiresInSeconds: null,
};

let session: Session | undefined;
let asking: Promise<Session | undefined> | undefined;
/** It ended, and the visitor did not end it. */
let signedOut = false;
let expiry = 0;
const listeners = new Set<() => void>();

hooks.unauthorised = () => void refreshSession();
hooks.streamLost = () => void (session?.user && refreshSession());

/** Undefined: not known yet. */
export function useSession(): Session | undefined {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const listener = () => setTurn((n) => n + 1);
    listeners.add(listener);
    if (session === undefined) void refreshSession();
    return () => void listeners.delete(listener);
  }, []);
  return session;
}

/** Takes over what a login has answered. */
export function setSession(next: Session): void {
  const other = session?.user?.name !== next.user?.name;
  if (session?.user && !next.user) signedOut = true;
  if (next.user) signedOut = false;
  session = next;
  hooks.csrf = next.csrf;
  lookWhenOver(next);
  if (other) reopen();
  for (const listener of listeners) listener();
}

/** Resolves to undefined where the appliance does not answer; it is then asked again after a while. */
export function refreshSession(): Promise<Session | undefined> {
  asking ??= get<Session>('/session')
    .catch((error) => (error instanceof ApiError && error.missing ? WITHOUT_USERS : undefined))
    .then((next) => {
      asking = undefined;
      if (next) setSession(next);
      else if (session === undefined) window.setTimeout(refreshSession, 2000);
      return next;
    });
  return asking;
}

/** Whether the session has ended by itself, or was ended by others. */
export function wasSignedOut(): boolean {
  return signedOut;
}

/** Ends the session as its user wishes. */
export async function logOut(): Promise<void> {
  await send('DELETE', '/session').catch(() => {});
  await refreshSession();
  signedOut = false;
  for (const listener of listeners) listener();
}

/** A page that asks nothing would go on to show somebody who is no longer logged in. */
function lookWhenOver({ user, expiresInSeconds }: Session): void {
  window.clearTimeout(expiry);
  if (user && expiresInSeconds !== null)
    expiry = window.setTimeout(refreshSession, (expiresInSeconds + 1) * 1000);
}

const RISING: readonly Role[] = ['viewer', 'operator', 'admin'];

/** Whether the visitor has at least this role. */
export function may(who: Session | undefined, role: Role): boolean {
  return who?.user != null && RISING.indexOf(who.user.role) >= RISING.indexOf(role);
}
