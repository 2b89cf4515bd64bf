/** The configuration: `/api/v1/config`, its revisions, and what waits to be confirmed. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { ConfigSchema } from '../config/schema.ts';
import { actorOf } from './acting.ts';
import { textAs } from './problem-schema.ts';
import type { ConfigControls } from './settings-controls.ts';
import { committed, ifMatch, reply, withProblems } from './settings-replies.ts';
import { revisionRoutes } from './settings-revision-routes.ts';

const tags = ['settings'];
const viewer = { role: 'viewer' } as const;
const admin = { role: 'admin' } as const;

const view = Type.Object({
  revision: Type.Integer(),
  config: Type.Unknown({ description: 'Every key, with its default where the file has none' }),
  file: Type.Union([Type.String(), Type.Null()], {
    description: 'The file; null: none, changes are gone with the process',
  }),
  waitingForRestart: Type.Array(Type.String(), { description: 'Keys that take effect at the next start' }),
});

/** Each section may be left out, and null deletes a key: what is in them, the configuration's own check says. */
const patch = Type.Object(
  Object.fromEntries(
    Object.entries(ConfigSchema.properties).map(([name, section]) => [
      name,
      Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), {
          description: (section as { description?: string }).description ?? name,
        }),
      ),
    ]),
  ),
  { additionalProperties: false },
);

export function settingsRoutes(server: FastifyInstance, controls: ConfigControls): void {
  server.get(
    '/api/v1/config',
    {
      config: viewer,
      schema: {
        tags,
        operationId: 'getConfig',
        summary: 'The configuration',
        response: withProblems({ 200: view }),
      },
    },
    async (_request, response) => {
      response.header('etag', controls.etag);
      return controls.view();
    },
  );
  server.patch<{ Body: unknown }>(
    '/api/v1/config',
    {
      config: admin,
      schema: {
        tags,
        operationId: 'updateConfig',
        summary: 'Change the configuration',
        description:
          'A merge patch (RFC 7396) of the whole, made as one change: null gives a key its default. What could lock ' +
          'you out (http, network) must be confirmed, see pending.',
        body: patch,
        response: withProblems({ 200: committed }),
      },
    },
    async (request, response) => {
      const made = await controls.patch(actorOf(request), request.body, ifMatch(request));
      return reply(request, response, made, (result) => {
        response.header('etag', controls.etag);
        return result;
      });
    },
  );
  server.get(
    '/api/v1/config/schema',
    {
      config: viewer,
      schema: {
        tags,
        operationId: 'getConfigSchema',
        summary: 'JSON schema of the configuration, with every meaning, unit and default',
        response: {
          200: {
            description: 'JSON schema',
            content: {
              'application/schema+json': { schema: Type.Object({}, { additionalProperties: true }) },
            },
          },
        },
      },
    },
    async (_request, response) =>
      response.type('application/schema+json').send(JSON.stringify(controls.schema())),
  );
  server.get(
    '/api/v1/config/text',
    {
      config: viewer,
      schema: {
        tags,
        operationId: 'getConfigText',
        summary: 'The configuration file as it is written',
        response: { 200: textAs('application/yaml', 'The text of the file') },
      },
    },
    async (_request, response) => {
      response.header('etag', controls.etag);
      return response.type('application/yaml; charset=utf-8').send(controls.text());
    },
  );
  revisionRoutes(server, controls);
}
