/** API tokens: `/api/v1/tokens`. For administrators. */
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

const shown = {
  id: Type.Integer({ description: 'Never given again' }),
  name: Type.String(),
  role,
  createdAt: time('UTC'),
  expiresAt: timeOrNull('UTC; null: never'),
  lastUsedAt: timeOrNull('UTC; null: never'),
  hint: Type.String({ description: "The token's last characters" }),
};
const Token = Type.Object(shown);
const MadeToken = Type.Object({
  ...shown,
  token: Type.String({ description: 'Shown only now: keep it. Sent as `Authorization: Bearer tb_…`.' }),
});
const name = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'What uses it: letters, digits, spaces, . _ and -',
});
const NewToken = Type.Object(
  { name, role, expiresAt: Type.Optional(timeOrNull('UTC; null or left out: never')) },
  { additionalProperties: false },
);
const TokenPatch = Type.Object(
  { name: Type.Optional(name) },
  { additionalProperties: false, description: 'JSON merge patch' },
);

const config = { role: 'admin' } as const;
const tags = ['tokens'];

export function tokenRoutes(server: FastifyInstance, accounts: AccountControls): void {
  const list = {
    operationId: 'listTokens',
    summary: 'All API tokens',
    tags,
    response: { 200: listOf(Token) },
  };
  server.get('/api/v1/tokens', { config, schema: list }, async () => ({ items: accounts.tokens() }));
  const create = {
    operationId: 'createToken',
    summary: 'Make an API token',
    description: 'The answer alone shows the token itself.',
    tags,
    body: NewToken,
    response: withProblems({ 201: MadeToken }),
  };
  server.post<{ Body: Static<typeof NewToken> }>(
    '/api/v1/tokens',
    { config, schema: create },
    async (request, reply) => {
      const { expiresAt = null, ...wanted } = request.body;
      const outcome = await accounts.createToken(actorOf(request), { ...wanted, expiresAt });
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      const { token, ...item } = outcome.done;
      reply.code(201).header('location', `/api/v1/tokens/${item.id}`);
      return reply.header('etag', etagOfItem(item)).send({ ...item, token });
    },
  );
  const read = {
    operationId: 'getToken',
    summary: 'One API token',
    tags,
    params: idParams,
    response: withProblems({ 200: Token }),
  };
  server.get<{ Params: IdParams }>('/api/v1/tokens/:id', { config, schema: read }, async (request, reply) => {
    const { id } = request.params;
    const token = accounts.token(id);
    if (!token) return problem(reply, 404, `there is no token ${id}`, request.url);
    return reply.header('etag', etagOfItem(token)).send(token);
  });
  changeRoutes(server, accounts);
}

function changeRoutes(server: FastifyInstance, accounts: AccountControls): void {
  const change = {
    operationId: 'changeToken',
    summary: 'Rename an API token',
    description: 'Its role and its end stay as they were made.',
    tags,
    params: idParams,
    body: TokenPatch,
    response: withProblems({ 200: Token }),
  };
  server.patch<{ Params: IdParams; Body: Static<typeof TokenPatch> }>(
    '/api/v1/tokens/:id',
    { config, schema: change },
    async (request, reply) => {
      const { params, body } = request;
      const unchanged = unchangedSince(request);
      const outcome = await accounts.renameToken(actorOf(request), params.id, body.name, unchanged);
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return reply.header('etag', etagOfItem(outcome.done)).send(outcome.done);
    },
  );
  const remove = {
    operationId: 'deleteToken',
    summary: 'Delete an API token',
    description: 'It is refused from then on.',
    tags,
    params: idParams,
    response: withProblems({ 204: NO_CONTENT }),
  };
  server.delete<{ Params: IdParams }>(
    '/api/v1/tokens/:id',
    { config, schema: remove },
    async (request, reply) => {
      const outcome = await accounts.deleteToken(
        actorOf(request),
        request.params.id,
        unchangedSince(request),
      );
      if ('refused' in outcome) return replyRefusal(request, reply, outcome.refused);
      return reply.code(204).send();
    },
  );
}
