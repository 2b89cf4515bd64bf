/** Logging in and out, claiming the appliance, one's own password: `/api/v1/session`, `/api/v1/claim`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { NewLogin } from '../auth/auth.ts';
import type { ApplianceInfo, LoginControls } from './auth-controls.ts';
import { NO_CONTENT, replyRefusal, role, withProblems } from './auth-replies.ts';
import type { Login } from './guard.ts';
import { endedCookie, sessionCookie } from './guard-cookie.ts';
import { addressOf } from './guard-origin.ts';
import { problem } from './problem.ts';

export interface AuthRoutesOptions {
  readonly auth: LoginControls;
  readonly info: () => ApplianceInfo;
  readonly openStatus: () => boolean;
  readonly demo: boolean;
}

const tags = ['session'];
const SessionBody = Type.Object({
  claimed: Type.Boolean({ description: 'Whether there is a user yet.' }),
  demo: Type.Boolean({ description: 'An open simulation: everybody is an administrator.' }),
  user: Type.Union([
    Type.Object({
      id: Type.Integer({ description: "0: not a user, but a token, the demo's visitor or the console" }),
      name: Type.String(),
      role,
    }),
    Type.Null(),
  ]),
  via: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'How: session, token, socket, demo; null: not logged in.',
  }),
  csrf: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'To be sent as x-csrf-token with every request that changes something.',
  }),
  mode: Type.Union([Type.Literal('hardware'), Type.Literal('simulation')]),
  openStatus: Type.Boolean({ description: 'Whether the status shows without a login.' }),
  hostName: Type.String(),
  version: Type.String(),
  tls: Type.Boolean({ description: 'Whether this was asked by HTTPS.' }),
  expiresInSeconds: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    minimum: 0,
    description: 'Until the session ends if nothing more is asked.',
  }),
});

/** Longer than any that is taken, and short enough to hash. */
const secret = (description: string) => Type.String({ minLength: 1, maxLength: 512, description });
const Credentials = Type.Object(
  { name: secret("The user's name"), password: secret('The password') },
  { additionalProperties: false },
);
const Claim = Type.Object(
  {
    code: secret('As the console and the log show it; case and hyphens do not matter.'),
    name: secret('Name of the administrator to be made'),
    password: secret('12 characters or more'),
  },
  { additionalProperties: false },
);
const NewPassword = Type.Object(
  { current: secret('The password now'), password: secret('12 characters or more') },
  { additionalProperties: false },
);

export function authRoutes(server: FastifyInstance, options: AuthRoutesOptions): void {
  const { auth } = options;
  const open = { role: 'open' } as const;
  const show = {
    operationId: 'getSession',
    summary: 'Who is logged in, and what to know before a login',
    tags,
    security: [],
    response: { 200: SessionBody },
  };
  server.get('/api/v1/session', { config: { ...open, passive: true }, schema: show }, async (request) =>
    sessionBody(options, request, request.login),
  );
  const begin = {
    operationId: 'login',
    summary: 'Log in',
    description: 'Sets the cookie of the session. 429 with Retry-After after too many failures.',
    tags,
    security: [],
    body: Credentials,
    response: withProblems({ 201: SessionBody }),
  };
  server.post<{ Body: Static<typeof Credentials> }>(
    '/api/v1/session',
    { config: open, schema: begin },
    async (request, reply) => {
      const { name, password } = request.body;
      const outcome = await auth.login(originOf(request), name, password);
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return loggedIn(options, request, reply, outcome.done);
    },
  );
  claimRoute(server, options);
  const end = {
    operationId: 'logout',
    summary: 'Log out',
    tags,
    security: [],
    response: { 204: NO_CONTENT },
  };
  server.delete('/api/v1/session', { config: open, schema: end }, async (request, reply) => {
    const { actor, login } = request;
    if (actor && login) await auth.logout(actor, login.sessionId);
    reply.header('set-cookie', endedCookie(isSecure(request)));
    return reply.code(204).send();
  });
  passwordRoute(server, auth);
}

function claimRoute(server: FastifyInstance, options: AuthRoutesOptions): void {
  const schema = {
    operationId: 'claim',
    summary: 'Make the first administrator',
    description: '403: the code is wrong. 409: the appliance has users already.',
    tags,
    security: [],
    body: Claim,
    response: withProblems({ 201: SessionBody }),
  };
  server.post<{ Body: Static<typeof Claim> }>(
    '/api/v1/claim',
    { config: { role: 'open' }, schema },
    async (request, reply) => {
      const { code, name, password } = request.body;
      const outcome = await options.auth.claim(originOf(request), code, name, password);
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return loggedIn(options, request, reply, outcome.done);
    },
  );
}

function passwordRoute(server: FastifyInstance, auth: LoginControls): void {
  const schema = {
    operationId: 'changeOwnPassword',
    summary: "Change one's own password",
    description: 'All other sessions of the user end.',
    tags,
    body: NewPassword,
    response: withProblems({ 204: NO_CONTENT }),
  };
  server.put<{ Body: Static<typeof NewPassword> }>(
    '/api/v1/session/password',
    { config: { role: 'viewer' }, schema },
    async (request, reply) => {
      const { actor, login, body } = request;
      if (!actor || !login)
        return problem(reply, 403, 'only a user who is logged in has a password of his own', request.url);
      const outcome = await auth.changePassword(actor, login, body.current, body.password);
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return reply.code(204).send();
    },
  );
}

function loggedIn(
  options: AuthRoutesOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  { secret, user, ...login }: NewLogin,
): unknown {
  request.actor = { name: user.name, role: user.role, via: 'session', address: addressOf(request) };
  reply.code(201).header('location', '/api/v1/session');
  reply.header('set-cookie', sessionCookie(secret, isSecure(request)));
  return sessionBody(options, request, { ...login, userId: user.id });
}

function sessionBody(
  { auth, info, openStatus, demo }: AuthRoutesOptions,
  request: FastifyRequest,
  login: Login | undefined,
): Static<typeof SessionBody> {
  const { actor } = request;
  return {
    claimed: auth.claimed,
    demo,
    user: actor ? { id: login?.userId ?? 0, name: actor.name, role: actor.role } : null,
    via: actor?.via ?? null,
    csrf: login?.csrf ?? null,
    openStatus: openStatus(),
    tls: isSecure(request),
    expiresInSeconds: login?.expiresInSeconds ?? null,
    ...info(),
  };
}

function originOf(request: FastifyRequest) {
  return { address: addressOf(request), agent: request.headers['user-agent'] ?? '' };
}

function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https';
}
