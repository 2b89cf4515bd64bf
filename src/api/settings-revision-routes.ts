/** What the configuration was, and a change that waits to be confirmed. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { actorOf } from './acting.ts';
import type { ConfigControls } from './settings-controls.ts';
import {
  committed,
  type IdParams,
  idParams,
  keyChange,
  notThere,
  pending,
  reply,
  withProblems,
} from './settings-replies.ts';

const tags = ['settings'];
const viewer = { role: 'viewer' } as const;
const admin = { role: 'admin' } as const;

const fields = {
  id: Type.Integer({ description: 'Rising' }),
  at: Type.String({ description: 'UTC, ISO 8601' }),
  by: Type.String({ description: 'Who; file: edited by hand; system: taken back' }),
  via: Type.String({ description: 'session, token, socket, demo, open or system' }),
  from: Type.String({ description: 'IP address; empty: from the machine itself' }),
  summary: Type.String(),
  changes: Type.Array(keyChange),
  current: Type.Boolean({ description: 'Whether the configuration says this now' }),
};
const revision = Type.Object(fields);
const revisionText = Type.Object({
  ...fields,
  text: Type.String({ description: 'The configuration file' }),
  diff: Type.String({ description: 'Unified, to the revision before; empty for the oldest' }),
});

export function revisionRoutes(server: FastifyInstance, controls: ConfigControls): void {
  server.get(
    '/api/v1/config/revisions',
    {
      config: viewer,
      schema: {
        tags,
        operationId: 'listConfigRevisions',
        summary: 'The last 50 revisions, the newest first',
        response: withProblems({ 200: Type.Object({ items: Type.Array(revision) }) }),
      },
    },
    async () => ({ items: controls.revisions() }),
  );
  server.get<{ Params: IdParams }>(
    '/api/v1/config/revisions/:id',
    {
      config: viewer,
      schema: {
        tags,
        operationId: 'getConfigRevision',
        summary: 'One revision with its text and what it changed',
        params: idParams,
        response: withProblems({ 200: revisionText }),
      },
    },
    async (request, response) =>
      controls.revision(request.params.id) ?? notThere(request, response, `revision ${request.params.id}`),
  );
  server.post<{ Params: IdParams }>(
    '/api/v1/config/revisions/:id/restore',
    {
      config: admin,
      schema: {
        tags,
        operationId: 'restoreConfigRevision',
        summary: 'Make the configuration what it was then',
        params: idParams,
        response: withProblems({ 200: committed }),
      },
    },
    async (request, response) => {
      const made = await controls.restore(actorOf(request), request.params.id);
      return reply(request, response, made, (result) => result);
    },
  );
  pendingRoutes(server, controls);
}

function pendingRoutes(server: FastifyInstance, controls: ConfigControls): void {
  const path = '/api/v1/config/pending';
  server.get(
    path,
    {
      config: viewer,
      schema: {
        tags,
        operationId: 'getPendingChange',
        summary: 'The change that is taken back unless it is confirmed',
        response: withProblems({ 200: Type.Object({ pending }) }),
      },
    },
    async () => ({ pending: controls.pending }),
  );
  server.post(
    `${path}/confirm`,
    {
      config: admin,
      schema: {
        tags,
        operationId: 'confirmPendingChange',
        summary: 'Keep the change',
        response: withProblems({ 200: committed }),
      },
    },
    async (request, response) =>
      reply(request, response, await controls.confirm(actorOf(request)), (result) => result),
  );
  server.delete(
    path,
    {
      config: admin,
      schema: {
        tags,
        operationId: 'takeBackPendingChange',
        summary: 'Take the change back at once',
        response: withProblems({ 200: committed }),
      },
    },
    async (request, response) =>
      reply(request, response, await controls.rollBack(actorOf(request)), (result) => result),
  );
}
