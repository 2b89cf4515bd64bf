/** `GET /api/v1/status`: everything an operator asks first. */
import type { FastifyInstance } from 'fastify';
import type { Status } from '../status/status.ts';

/** What is not known (yet) is null: a field that comes and goes breaks scripts. */
export function statusText(status: Status): string {
  return JSON.stringify(status, (_key, value) => (value === undefined ? null : value));
}

export function statusRoutes(server: FastifyInstance, status: () => Status): void {
  const schema = {
    tags: ['status'],
    operationId: 'getStatus',
    summary: 'State of clock, reference, receiver and server',
    description: 'Units are in the names. Null: not known (yet).',
    response: { 200: { type: 'object', additionalProperties: true } },
  };
  server.get('/api/v1/status', { config: { role: 'status' }, schema }, async (_request, reply) =>
    // As text, which the schema leaves as it is.
    reply.type('application/json; charset=utf-8').serializer(String).send(statusText(status())),
  );
}
