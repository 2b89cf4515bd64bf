/** NTP servers to compare with: `/api/v1/servers`. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { collectionRoutes } from './collection-routes.ts';
import type { ServerControls } from './settings-controls.ts';
import { orNull } from './settings-replies.ts';

const address = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Host name or IP address; one entry for each',
});
const description = Type.String({ maxLength: 250, description: 'For people' });
const strict = { additionalProperties: false };

export function serversRoutes(server: FastifyInstance, controls: ServerControls): void {
  collectionRoutes(server, controls, {
    path: '/api/v1/servers',
    noun: 'server',
    operation: 'NtpServer',
    tags: ['servers'],
    view: Type.Object({
      id: Type.Integer({ description: 'Never given to another server' }),
      address,
      description,
    }),
    create: Type.Object({ address, description: Type.Optional(description) }, strict),
    patch: Type.Object(
      { address: Type.Optional(address), description: Type.Optional(orNull(description)) },
      strict,
    ),
  });
}
