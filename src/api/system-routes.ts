/** The machine: `/api/v1/system`. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { HelperResult } from '../system/system-helper.ts';
import { actorOf } from './acting.ts';
import type { Actor } from './actor.ts';
import { problem } from './problem.ts';
import type { SystemControls } from './system-controls.ts';

const bytes = Type.Number({ description: 'bytes' });
const view = Type.Object({
  version: Type.String(),
  buildDate: Type.String(),
  node: Type.String({ description: 'version of Node.js' }),
  model: Type.String({ description: 'the board' }),
  mode: Type.String({ description: 'hardware or simulation' }),
  memory: Type.Object({ totalBytes: bytes, freeBytes: bytes, residentBytes: bytes }),
  disk: Type.Union([Type.Object({ totalBytes: bytes, freeBytes: bytes }), Type.Null()], {
    description: 'where the state is kept; null: nowhere',
  }),
  uptimeSeconds: Type.Number(),
  lastConfigChange: Type.Union([Type.String(), Type.Null()]),
  can: Type.Object(
    {
      reboot: Type.Boolean(),
      network: Type.Boolean(),
      update: Type.Boolean(),
      factoryReset: Type.Boolean(),
    },
    { description: 'what the helper of this machine can do' },
  ),
  history: Type.Object(
    { fileBytes: bytes, bytesPerDay: bytes, bytesWritten: bytes },
    { description: 'space that the history takes, and what it writes' },
  ),
  syslog: Type.Array(
    Type.Object({
      server: Type.String(),
      state: Type.String({ description: 'connecting, open or failed' }),
      reason: Type.String(),
      queued: Type.Integer(),
      sent: Type.Integer(),
      dropped: Type.Integer({ description: 'messages that had to make room' }),
    }),
  ),
});

const done = Type.Object({ done: Type.Boolean(), text: Type.String() });
const tags = ['system'];

export function systemRoutes(server: FastifyInstance, controls: SystemControls): void {
  server.get(
    '/api/v1/system',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'getSystem',
        summary: 'Versions, memory, disk, and what can be done here',
        response: { 200: view },
      },
    },
    async () => controls.view(),
  );
  const act = (
    verb: string,
    operationId: string,
    summary: string,
    perform: (actor: Actor) => Promise<HelperResult>,
  ) =>
    server.post(
      `/api/v1/system/${verb}`,
      {
        config: { role: 'admin' },
        schema: {
          tags,
          operationId,
          summary,
          description:
            'Done by the helper of the machine; 409 with the reason where there is none, or it refuses.',
          response: { 202: done },
        },
      },
      async (request, reply) => answer(request, reply, await perform(actorOf(request))),
    );
  act('reboot', 'reboot', 'Restart the machine', (actor) => controls.reboot(actor));
  act('factory-reset', 'factoryReset', 'Forget all settings, users and records, and restart', (actor) =>
    controls.factoryReset(actor),
  );
}

function answer(request: FastifyRequest, reply: FastifyReply, result: HelperResult): unknown {
  if (result.done) return reply.code(202).send(result);
  return problem(reply, 409, result.reason, request.url);
}
