/** The machine's network: `/api/v1/network`. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { network } from '../config/network-schema.ts';
import { actorOf } from './acting.ts';
import type { NetworkControls } from './settings-controls.ts';
import { committed, ifMatch, orNull, reply, withEtag, withProblems } from './settings-replies.ts';

const tags = ['network'];
const view = Type.Object({
  hostName: Type.String({ description: "The machine's name now" }),
  interfaces: Type.Array(
    Type.Object({
      name: Type.String(),
      mac: Type.String(),
      up: Type.Boolean(),
      addresses: Type.Array(Type.String(), { description: 'With the length of their networks' }),
    }),
  ),
  settings: network,
});
const { properties } = network;
const patch = Type.Object(
  {
    hostName: Type.Optional(orNull(properties.hostName)),
    interface: Type.Optional(orNull(properties.interface)),
    method: Type.Optional(orNull(properties.method)),
    address: Type.Optional(orNull(properties.address)),
    gateway: Type.Optional(orNull(properties.gateway)),
  },
  { additionalProperties: false },
);

export function networkRoutes(server: FastifyInstance, controls: NetworkControls): void {
  server.get(
    '/api/v1/network',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'getNetwork',
        summary: 'The network as it is, and its settings',
        description: 'The ETag is that of the settings.',
        response: withProblems({ 200: view }),
      },
    },
    async (_request, response) => {
      const now = controls.view();
      withEtag(response, now.settings);
      return now;
    },
  );
  server.patch<{ Body: unknown }>(
    '/api/v1/network',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        operationId: 'updateNetwork',
        summary: 'Change the network settings',
        description: 'All but the host name must be confirmed, see pending.',
        body: patch,
        response: withProblems({ 200: committed }),
      },
    },
    async (request, response) => {
      const made = await controls.patch(actorOf(request), request.body, ifMatch(request));
      return reply(request, response, made, (result) => {
        withEtag(response, controls.view().settings);
        return result;
      });
    },
  );
}
