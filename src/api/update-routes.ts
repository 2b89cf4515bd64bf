/** Updates of the software: `/api/v1/system/update`. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from './acting.ts';
import { problem } from './problem.ts';
import { withProblems, withRoom } from './problem-schema.ts';
import type { UpdateControls, UploadRefusal } from './update-controls.ts';
import { BYTES, body, done, type InstallBody, NO_CONTENT, uploaded, view } from './update-schemas.ts';

const tags = ['system'];
const path = '/api/v1/system/update';
const admin = { role: 'admin' } as const;
/** A sender that was refused before its end has so long to notice, ms. */
const LET_GO_MS = 30_000;

const STATUS: Readonly<Record<UploadRefusal['refused'], number>> = {
  unable: 409,
  large: 413,
  full: 507,
  bad: 422,
  broken: 400,
  failed: 503,
};

export function updateRoutes(server: FastifyInstance, controls: UpdateControls): void {
  const show = {
    tags,
    operationId: 'getUpdate',
    summary: 'What runs, what became of the last update, and the bundle that lies ready',
    response: { 200: view },
  };
  server.get(path, { config: { role: 'viewer' }, schema: show }, async () => controls.view());
  uploadRoute(server, controls);
  const discard = {
    tags,
    operationId: 'discardUpdate',
    summary: 'Remove the bundle that lies ready',
    description: '409 while it is coming in or being installed.',
    response: withProblems({ 204: NO_CONTENT }),
  };
  server.delete(`${path}/bundle`, { config: admin, schema: discard }, async (request, reply) => {
    const gone = await controls.discard(actorOf(request));
    if (typeof gone === 'string') return problem(reply, 409, gone, request.url);
    if (!gone) return problem(reply, 404, 'no bundle lies ready: it may have been removed', request.url);
    return reply.code(204).send();
  });
  const install = {
    tags,
    operationId: 'installUpdate',
    summary: 'Install the bundle that lies ready, and restart into it on trial',
    description:
      'Done by the helper of the machine, which takes minutes; 409 with the reason where it refuses at once, else see ' +
      'getUpdate. The new version is kept once it is well, and taken back if it is not within the deadline.',
    body,
    response: withProblems({ 202: done }),
  };
  server.post<{ Body: InstallBody }>(
    `${path}/install`,
    { config: admin, schema: install },
    async (request, reply) => {
      const result = await controls.install(actorOf(request), request.body.downgrade ?? false);
      return result.done ? reply.code(202).send(result) : problem(reply, 409, result.reason, request.url);
    },
  );
}

function uploadRoute(server: FastifyInstance, controls: UpdateControls): void {
  readBytes(server);
  const schema = {
    tags,
    operationId: 'uploadUpdate',
    summary: 'Put a bundle in place to be installed',
    description:
      'The file as it is. Its signature is checked at once: 422 with the reason where it is not good, and what lay ' +
      'before stays. 409: another is coming in. 413: too large. 507: the disk has no room for it.',
    body: { content: { [BYTES]: { schema: { type: 'string', format: 'binary' } } } },
    response: withRoom(withProblems({ 200: uploaded })),
  };
  server.put<{ Body: Readable | undefined }>(
    `${path}/bundle`,
    // The body is a stream, which no schema describes.
    { config: { ...admin, slowBody: true }, schema, validatorCompiler: () => () => true },
    async (request, reply) => {
      const { body: stream, raw } = request;
      if (!stream) return problem(reply, 400, `there is no body: send the bundle as ${BYTES}`, request.url);
      const result = await controls.upload(actorOf(request), stream, declaredSize(request));
      if (!('refused' in result)) return result;
      letGo(raw);
      return refuse(request, reply, result);
    },
  );
}

/** For routes that say so alone: all others are limited in what they take, and in its type. */
function readBytes(server: FastifyInstance): void {
  server.addContentTypeParser(BYTES, (request, stream, take) => {
    if (request.routeOptions.config.slowBody) return take(null, stream);
    const error = Object.assign(new Error(`${BYTES} is not taken here: send JSON`), { statusCode: 415 });
    take(error);
  });
}

function declaredSize({ headers }: FastifyRequest): number | undefined {
  const text = headers['content-length'] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Who hangs up on a sender takes the answer from it as well: the rest is read, and forgotten. */
function letGo(raw: IncomingMessage): void {
  if (raw.complete || raw.destroyed) return;
  const timer = setTimeout(() => raw.socket.destroy(), LET_GO_MS);
  raw.once('close', () => clearTimeout(timer));
  raw.resume();
}

function refuse(request: FastifyRequest, reply: FastifyReply, { refused, detail }: UploadRefusal): unknown {
  return problem(reply, STATUS[refused], detail, request.url);
}
