/** Users, and who of them is logged in: `/api/v1/users`, `/api/v1/sessions`. For administrators. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOf } from './auth-actor.ts';
import type { AccountControls } from './auth-controls.ts';
import {
  etagOfItem,
  type IdParams,
  idParams,
  listOf,
  NO_CONTENT,
  replyRefusal,
  role,
  time,
  timeOrNull,
  unchangedSince,
  withProblems,
} from './auth-replies.ts';
import { problem } from './problem.ts';

const User = Type.Object({
  id: Type.Integer({ description: 'Never given again' }),
  name: Type.String(),
  role,
  createdAt: time('UTC'),
  lastLoginAt: timeOrNull('UTC; null: never'),
  disabled: Type.Boolean({ description: 'May not log in.' }),
});
const password = Type.String({
  minLength: 1,
  maxLength: 512,
  description: '12 characters or more; never shown.',
});
const NewUser = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'A letter, then letters, digits, . _ and -',
    }),
    role,
    password,
  },
  { additionalProperties: false },
);
const UserPatch = Type.Object(
  { role: Type.Optional(role), disabled: Type.Optional(Type.Boolean()), password: Type.Optional(password) },
  {
    additionalProperties: false,
    description: 'JSON merge patch. A new password or `disabled` ends its sessions.',
  },
);
const Session = Type.Object({
  id: Type.Integer(),
  userId: Type.Integer(),
  name: Type.String({ description: "The user's" }),
  createdAt: time('UTC'),
  address: Type.String({ description: 'Where the login came from' }),
  agent: Type.String({ description: 'What the browser called itself' }),
  expiresInSeconds: Type.Integer({ description: 'Until it ends if nothing more is asked.' }),
  current: Type.Boolean({ description: 'The session of this very request' }),
});

const config = { role: 'admin' } as const;

export function userRoutes(server: FastifyInstance, accounts: AccountControls): void {
  const tags = ['users'];
  const list = { operationId: 'listUsers', summary: 'All users', tags, response: { 200: listOf(User) } };
  server.get('/api/v1/users', { config, schema: list }, async () => ({ items: accounts.users() }));
  const create = {
    operationId: 'createUser',
    summary: 'Make a user',
    tags,
    body: NewUser,
    response: withProblems({ 201: User }),
  };
  server.post<{ Body: Static<typeof NewUser> }>(
    '/api/v1/users',
    { config, schema: create },
    async (request, reply) => {
      const outcome = await accounts.createUser(actorOf(request), request.body);
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      reply.code(201).header('location', `/api/v1/users/${outcome.done.id}`);
      return reply.header('etag', etagOfItem(outcome.done)).send(outcome.done);
    },
  );
  const read = {
    operationId: 'getUser',
    summary: 'One user',
    tags,
    params: idParams,
    response: withProblems({ 200: User }),
  };
  server.get<{ Params: IdParams }>('/api/v1/users/:id', { config, schema: read }, async (request, reply) => {
    const { id } = request.params;
    const user = accounts.user(id);
    if (!user) return problem(reply, 404, `there is no user ${id}`, request.url);
    return reply.header('etag', etagOfItem(user)).send(user);
  });
  changeRoutes(server, accounts, tags);
}

function changeRoutes(server: FastifyInstance, accounts: AccountControls, tags: string[]): void {
  const change = {
    operationId: 'changeUser',
    summary: 'Change a user',
    description: '409 where no enabled administrator would be left.',
    tags,
    params: idParams,
    body: UserPatch,
    response: withProblems({ 200: User }),
  };
  server.patch<{ Params: IdParams; Body: Static<typeof UserPatch> }>(
    '/api/v1/users/:id',
    { config, schema: change },
    async (request, reply) => {
      const { params, body } = request;
      const outcome = await accounts.changeUser(actorOf(request), params.id, body, unchangedSince(request));
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return reply.header('etag', etagOfItem(outcome.done)).send(outcome.done);
    },
  );
  const remove = {
    operationId: 'deleteUser',
    summary: 'Delete a user',
    description: 'Its sessions end. 409 where no enabled administrator would be left.',
    tags,
    params: idParams,
    response: withProblems({ 204: NO_CONTENT }),
  };
  server.delete<{ Params: IdParams }>(
    '/api/v1/users/:id',
    { config, schema: remove },
    async (request, reply) => {
      const outcome = await accounts.deleteUser(actorOf(request), request.params.id, unchangedSince(request));
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return reply.code(204).send();
    },
  );
}

export function sessionRoutes(server: FastifyInstance, accounts: AccountControls): void {
  const tags = ['session'];
  const list = {
    operationId: 'listSessions',
    summary: 'Who is logged in',
    tags,
    response: { 200: listOf(Session) },
  };
  server.get('/api/v1/sessions', { config, schema: list }, async ({ login }) => ({
    items: accounts.sessions().map((session) => ({ ...session, current: session.id === login?.sessionId })),
  }));
  const end = {
    operationId: 'endSession',
    summary: 'Log somebody out',
    tags,
    params: idParams,
    response: withProblems({ 204: NO_CONTENT }),
  };
  server.delete<{ Params: IdParams }>(
    '/api/v1/sessions/:id',
    { config, schema: end },
    async (request, reply) => {
      const outcome = accounts.endSession(actorOf(request), request.params.id);
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return reply.code(204).send();
    },
  );
}
