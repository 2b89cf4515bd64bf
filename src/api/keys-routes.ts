/** Symmetric keys: `/api/v1/keys`. A secret can be written, and is shown once where it was made here. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOf } from './acting.ts';
import type { KeyControls } from './settings-controls.ts';
import {
  type IdParams,
  idParams,
  ifMatch,
  NO_CONTENT,
  notThere,
  orNull,
  reply,
  withEtag,
  withProblems,
} from './settings-replies.ts';

const PATH = '/api/v1/keys';
const type = Type.Enum(['AES128', 'SHA256', 'SHA512', 'SHA1', 'MD5'], {
  description: 'AES128 is AES-128-CMAC (RFC 8573)',
});
const from = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: 64,
  description: 'Addresses or networks that may use it; empty: all',
});
const secretOf = (more = '') =>
  Type.String({
    minLength: 1,
    maxLength: 1100,
    description: `Hex digits, or text after ASCII:. Write only.${more}`,
  });
const fields = {
  id: Type.Integer({ minimum: 1, maximum: 4_294_967_295, description: 'The key number of NTP' }),
  type,
  from,
  fingerprint: Type.String({ description: 'Changes with the secret' }),
};
const view = Type.Object(fields);
const made = Type.Object({
  ...fields,
  secret: orNull(Type.String({ description: 'Hex; shown only now. Null: it was given' })),
});
const strict = { additionalProperties: false };
const create = Type.Object(
  {
    id: Type.Optional(fields.id),
    type,
    secret: Type.Optional(secretOf(' Left out: one is made.')),
    from: Type.Optional(from),
  },
  strict,
);
const patch = Type.Object(
  { type: Type.Optional(type), secret: Type.Optional(secretOf()), from: Type.Optional(orNull(from)) },
  strict,
);

const tags = ['keys'];
const config = { role: 'admin' } as const;

export function keysRoutes(server: FastifyInstance, controls: KeyControls): void {
  server.get(
    PATH,
    {
      config: { role: 'operator' },
      schema: {
        tags,
        operationId: 'listKeys',
        summary: 'All keys, without their secrets',
        response: withProblems({
          200: Type.Object({
            items: Type.Array(view),
            file: Type.String({ description: 'The key file; empty: none yet' }),
            problems: Type.Array(Type.String(), { description: 'What is wrong with the file' }),
            warnings: Type.Array(Type.String(), { description: 'What should be better' }),
          }),
        }),
      },
    },
    async () => controls.list(),
  );
  server.get<{ Params: IdParams }>(
    `${PATH}/:id`,
    {
      config: { role: 'operator' },
      schema: {
        tags,
        operationId: 'getKey',
        summary: 'One key, without its secret',
        params: idParams,
        response: withProblems({ 200: view }),
      },
    },
    async (request, response) => {
      const item = controls.get(request.params.id);
      return item ? withEtag(response, item) : notThere(request, response, `key ${request.params.id}`);
    },
  );
  server.post<{ Body: Static<typeof create> }>(
    PATH,
    {
      config,
      schema: {
        tags,
        operationId: 'createKey',
        summary: 'Add a key',
        body: create,
        response: withProblems({ 201: made }),
      },
    },
    async (request, response) =>
      reply(request, response, await controls.create(actorOf(request), request.body), (key) => {
        response.code(201).header('location', `${PATH}/${key.item.id}`);
        return { ...withEtag(response, key.item), secret: key.secret };
      }),
  );
  server.patch<{ Params: IdParams; Body: Static<typeof patch> }>(
    `${PATH}/:id`,
    {
      config,
      schema: {
        tags,
        operationId: 'updateKey',
        summary: 'Change a key',
        description: 'If-Match: only as it was seen.',
        params: idParams,
        body: patch,
        response: withProblems({ 200: view }),
      },
    },
    async (request, response) => {
      const { from: sources, ...rest } = request.body;
      const sent = { ...rest, ...(sources !== undefined && { from: sources ?? [] }) };
      const changed = await controls.patch(actorOf(request), request.params.id, sent, ifMatch(request));
      return reply(request, response, changed, ({ item }) => withEtag(response, item));
    },
  );
  server.delete<{ Params: IdParams }>(
    `${PATH}/:id`,
    {
      config,
      schema: {
        tags,
        operationId: 'deleteKey',
        summary: 'Delete a key',
        params: idParams,
        response: withProblems({ 204: NO_CONTENT }),
      },
    },
    async (request, response) => {
      const removed = await controls.remove(actorOf(request), request.params.id, ifMatch(request));
      return reply(request, response, removed, () => response.code(204).send());
    },
  );
}
