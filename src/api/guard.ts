/** Stands before every route: who asks, whether he may, and that it is he who asks and not another site. */
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sameText } from '../auth/secrets.ts';
import { type Actor, mayAct, type Role } from './actor.ts';
import type { LoginControls } from './auth-controls.ts';
import { type Acting, identify } from './guard-identify.ts';
import { addressOf, isAskedByAddress, isFromElsewhere, isSafe, plainAddress } from './guard-origin.ts';
import { problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session that the request came in, if it came in one. */
    login: Login | undefined;
  }
  interface FastifyContextConfig {
    /** The request does not count as a sign that somebody is there: the session's idle time goes on. */
    readonly passive?: boolean;
  }
}

export interface Login {
  readonly sessionId: number;
  readonly userId: number;
  readonly csrf: string;
  readonly expiresInSeconds: number;
}

export interface GuardOptions {
  readonly auth: Pick<LoginControls, 'claimed' | 'bySession' | 'byToken'>;
  /** Who may come at all, by IP address: see `managementAllows`. */
  readonly allows: (address: string) => boolean;
  /** Told of everyone who may not. */
  readonly refused: (address: string) => void;
  /** Whether the status shows without a login. */
  readonly openStatus: () => boolean;
  /** Whether browsers are told to come by HTTPS only. */
  readonly hsts: () => boolean;
  /** A simulation on loopback: who is not logged in is an administrator. */
  readonly demo: boolean;
  /** For the server on the local socket: whoever may open it is an administrator. */
  readonly local: boolean;
}

export interface Guard {
  /** Puts it before the routes that follow. */
  readonly part: (server: FastifyInstance) => void;
  /** For answers that go on and on: whether the request would still be let in. */
  mayContinue(request: FastifyRequest): boolean;
}

/** RFC 6797 §6.1.1, a year. */
const HSTS = 'max-age=31536000';
const NOT_CLAIMED =
  'this appliance is not claimed yet: open its page and enter the code that its console and its log show';

export function createGuard(options: GuardOptions): Guard {
  return {
    part: (server) => {
      server.decorateRequest('actor', undefined);
      server.decorateRequest('login', undefined);
      if (server.server instanceof TlsServer) refuseEarly(options, server.server);
      server.addHook('onRequest', async (request, reply) => {
        if (request.protocol === 'https' && options.hsts()) reply.header('strict-transport-security', HSTS);
        const refusal = examine(options, request);
        return refusal && refuse(request, reply, refusal);
      });
    },
    mayContinue: (request) => {
      const acting = identify(options, request, false);
      return acting !== 'unknown' && isLetIn(options, request, acting);
    },
  };
}

/** Before the handshake, which costs more than the answer. */
function refuseEarly({ allows, refused }: GuardOptions, server: TlsServer): void {
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress);
    if (allows(address)) return;
    refused(address);
    socket.destroy();
  });
}

interface Refused {
  readonly status: 401 | 403;
  readonly detail: string;
  /** The connection is closed after the answer. */
  readonly close?: true;
}

/** Undefined: go on, with `request.actor` and `request.login` set. */
function examine(options: GuardOptions, request: FastifyRequest): Refused | undefined {
  if (!options.local && !options.allows(addressOf(request))) {
    options.refused(addressOf(request));
    return {
      status: 403,
      detail: 'management is not allowed from this address: see http.allow',
      close: true,
    };
  }
  if (options.demo && !isAskedByAddress(request))
    return { status: 403, detail: 'the demo is only shown by address: use http://127.0.0.1 or localhost' };
  if (request.is404) return undefined;
  const role = roleOf(request);
  const found = identify(options, request, !isUnattended(request));
  if (found === 'unknown' && role !== 'open')
    return { status: 401, detail: 'the token is not valid: it is wrong, expired or deleted' };
  const acting = found === 'unknown' ? undefined : found;
  request.actor = acting?.actor;
  request.login = acting?.login;
  return misuse(request, acting, role) ?? trespass(options, request, role);
}

/** The page says so of what it asks while nobody is there; that can only shorten a session. */
function isUnattended(request: FastifyRequest): boolean {
  return request.routeOptions.config.passive === true || request.headers['x-unattended'] !== undefined;
}

/** A page of another site may neither act for somebody who is logged in here, nor log him in. */
function misuse(
  request: FastifyRequest,
  acting: Acting | undefined,
  role: Role | 'open' | 'status',
): Refused | undefined {
  // A token is not sent by a browser of its own accord.
  if (isSafe(request) || acting?.actor.via === 'token') return undefined;
  if (isFromElsewhere(request))
    return { status: 403, detail: 'the request comes from the page of another site' };
  if (
    !acting?.login ||
    role === 'open' ||
    sameText(String(request.headers['x-csrf-token']), acting.login.csrf)
  )
    return undefined;
  return {
    status: 403,
    detail: 'the header x-csrf-token is missing or of another session: get /api/v1/session again',
  };
}

function trespass(
  options: GuardOptions,
  request: FastifyRequest,
  role: Role | 'open' | 'status',
): Refused | undefined {
  if (role === 'open') return undefined;
  const least = role === 'status' ? 'viewer' : role;
  const { actor } = request;
  if (mayAct(actor, least)) return undefined;
  if (actor)
    return { status: 403, detail: `this takes the role ${least}: ${actor.name} has the role ${actor.role}` };
  if (role === 'status' && options.openStatus()) {
    request.actor = anyone(request);
    return undefined;
  }
  const detail = options.auth.claimed ? 'not logged in: log in, or send a token' : NOT_CLAIMED;
  return { status: 401, detail };
}

function anyone(request: FastifyRequest): Actor {
  return { name: 'anyone', role: 'viewer', via: 'open', address: addressOf(request) };
}

/** What holds at the first byte of an answer must hold at its thousandth. */
function isLetIn(options: GuardOptions, request: FastifyRequest, acting: Acting | undefined): boolean {
  if (!options.local && !options.allows(addressOf(request))) return false;
  const role = roleOf(request);
  if (acting) return acting.actor.name === request.actor?.name && mayAct(acting.actor, leastOf(role));
  // Who had a login has more in his answer than one without may see.
  return role === 'open' || (role === 'status' && request.actor?.via === 'open' && options.openStatus());
}

function leastOf(role: Role | 'open' | 'status'): Role {
  return role === 'open' || role === 'status' ? 'viewer' : role;
}

function roleOf(request: FastifyRequest): Role | 'open' | 'status' {
  return request.routeOptions.config.role ?? (isSafe(request) ? 'viewer' : 'admin');
}

function refuse(request: FastifyRequest, reply: FastifyReply, { status, detail, close }: Refused): unknown {
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="timeball"');
  if (close) reply.header('connection', 'close');
  return problem(reply, status, detail, request.url);
}
