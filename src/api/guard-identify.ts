/** Who asks: by the socket, a token, a session's cookie, or as everybody's guest in a demo. */

import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../config/http-tls.ts';
import type { Actor } from './actor.ts';
import type { GuardOptions, Login } from './guard.ts';
import { sessionSecrets } from './guard-cookie.ts';
import { addressOf } from './guard-origin.ts';

export interface Acting {
  readonly actor: Actor;
  /** Only for `via: 'session'`. */
  readonly login: Login | undefined;
}

/** Undefined: nobody known. `unknown`: a token was sent, and it is none. `use`: the request counts as activity. */
export function identify(
  options: GuardOptions,
  request: FastifyRequest,
  use: boolean,
): Acting | 'unknown' | undefined {
  if (options.local) return withoutLogin({ name: 'console', role: 'admin', via: 'socket', address: '' });
  const { headers } = request;
  const address = addressOf(request);
  if (headers.authorization !== undefined) {
    const token = options.auth.byToken(/^Bearer +(\S+)$/i.exec(headers.authorization)?.[1] ?? '');
    return token ? withoutLogin({ name: token.name, role: token.role, via: 'token', address }) : 'unknown';
  }
  for (const secret of sessionSecrets(request)) {
    const found = options.auth.bySession(secret, use);
    if (found) return inSession(found, address);
  }
  // Whatever the appliance is bound to: a demo is for this machine alone.
  if (options.demo && isLoopback(address))
    return withoutLogin({ name: 'demo', role: 'admin', via: 'demo', address });
  return undefined;
}

function withoutLogin(actor: Actor): Acting {
  return { actor, login: undefined };
}

function inSession(
  { user, sessionId, csrf, expiresInSeconds }: NonNullable<ReturnType<GuardOptions['auth']['bySession']>>,
  address: string,
): Acting {
  const actor: Actor = { name: user.name, role: user.role, via: 'session', address };
  return { actor, login: { sessionId, userId: user.id, csrf, expiresInSeconds } };
}
