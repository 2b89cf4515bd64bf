/** A list of settings as a resource: what access rules and servers have in common. */
import type { FastifyInstance } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { AuditActor } from '../audit/audit-sink.ts';
import type { Refusal } from '../settings/refusal.ts';
import { actorOf } from './acting.ts';
import {
  type IdParams,
  idParams,
  ifMatch,
  NO_CONTENT,
  notThere,
  reply,
  withEtag,
  withProblems,
} from './settings-replies.ts';

type Body = Readonly<Record<string, unknown>>;

interface Collection<View extends { readonly id: number }> {
  list(): readonly View[];
  get(id: number): View | undefined;
  create(actor: AuditActor, sent: Body): Promise<{ readonly item: View } | Refusal>;
  patch(
    actor: AuditActor,
    id: number,
    patch: Body,
    ifMatch: string | undefined,
  ): Promise<{ readonly item: View } | Refusal>;
  remove(actor: AuditActor, id: number, ifMatch: string | undefined): Promise<object>;
}

export interface CollectionAbout {
  readonly path: string;
  /** Singular, and as it is in operation ids: `AccessRule`. */
  readonly noun: string;
  readonly operation: string;
  readonly tags: readonly string[];
  readonly view: TSchema;
  readonly create: TSchema;
  readonly patch: TSchema;
}

export function collectionRoutes<View extends { readonly id: number }>(
  server: FastifyInstance,
  controls: Collection<View>,
  about: CollectionAbout,
): void {
  const { path, noun, operation, view } = about;
  const tags = [...about.tags];
  const config = { role: 'admin' } as const;
  server.get(
    path,
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: `list${operation}s`,
        summary: `All ${noun}s`,
        response: withProblems({ 200: Type.Object({ items: Type.Array(view) }) }),
      },
    },
    async () => ({ items: controls.list() }),
  );
  server.get<{ Params: IdParams }>(
    `${path}/:id`,
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: `get${operation}`,
        summary: `One ${noun}`,
        params: idParams,
        response: withProblems({ 200: view }),
      },
    },
    async (request, response) => {
      const item = controls.get(request.params.id);
      return item ? withEtag(response, item) : notThere(request, response, `${noun} ${request.params.id}`);
    },
  );
  server.post<{ Body: Body }>(
    path,
    {
      config,
      schema: {
        tags,
        operationId: `create${operation}`,
        summary: `Add a ${noun}`,
        body: about.create,
        response: withProblems({ 201: view }),
      },
    },
    async (request, response) =>
      reply(request, response, await controls.create(actorOf(request), request.body), ({ item }) =>
        response.code(201).header('location', `${path}/${item.id}`).send(withEtag(response, item)),
      ),
  );
  server.patch<{ Params: IdParams; Body: Body }>(
    `${path}/:id`,
    {
      config,
      schema: {
        tags,
        operationId: `update${operation}`,
        summary: `Change a ${noun}`,
        description:
          'A merge patch (RFC 7396): null gives a field its default. If-Match: only as it was seen.',
        params: idParams,
        body: about.patch,
        response: withProblems({ 200: view }),
      },
    },
    async (request, response) => {
      const { id } = request.params;
      const changed = await controls.patch(actorOf(request), id, request.body, ifMatch(request));
      return reply(request, response, changed, ({ item }) => withEtag(response, item));
    },
  );
  server.delete<{ Params: IdParams }>(
    `${path}/:id`,
    {
      config,
      schema: {
        tags,
        operationId: `delete${operation}`,
        summary: `Delete a ${noun}`,
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
