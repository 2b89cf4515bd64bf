/** Clients and access rules: `/api/v1/clients`, `/api/v1/access`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { ClientColumn } from '../status/clients.ts';
import { problem } from './problem.ts';
import type { ServingControls } from './serving-controls.ts';
import * as schemas from './serving-schemas.ts';

type ClientsQuery = Static<typeof schemas.clientsQuery>;
type AddressParams = Static<typeof schemas.addressParams>;

const viewer = { role: 'viewer' } as const;

export function servingRoutes(server: FastifyInstance, controls: ServingControls): void {
  clientRoutes(server, controls);
  const tags = ['access'];
  const access = {
    tags,
    operationId: 'getAccess',
    summary: 'The access rules as they are in force, and what attached means now',
    response: { 200: schemas.accessView },
  };
  server.get('/api/v1/access', { config: viewer, schema: access }, async () => controls.access());
  const verdict = {
    tags,
    operationId: 'getAccessVerdict',
    summary: 'Which rule holds for an address',
    params: schemas.addressParams,
    response: { 200: schemas.verdict },
  };
  server.get<{ Params: AddressParams }>(
    '/api/v1/access/verdict/:address',
    { config: viewer, schema: verdict },
    async (request, reply) => {
      const { address } = request.params;
      return controls.verdict(address) ?? notAnAddress(request, reply, address);
    },
  );
  const dryRun = {
    tags,
    operationId: 'tryAccessRules',
    summary: 'Which clients of the last 24 hours would gain or lose service by other rules',
    description: 'Nothing is changed.',
    body: schemas.dryRunBody,
    response: { 200: schemas.dryRun },
  };
  server.post(
    '/api/v1/access/dry-run',
    { config: { role: 'admin' }, schema: dryRun },
    async (request, reply) => {
      const result = controls.dryRun(request.body);
      if (!('errors' in result)) return result;
      return problem(reply, 422, 'the rules can not be used', request.url, result.errors);
    },
  );
}

function clientRoutes(server: FastifyInstance, controls: ServingControls): void {
  const tags = ['clients'];
  const list = {
    tags,
    operationId: 'listClients',
    summary: 'Who has asked for the time',
    querystring: schemas.clientsQuery,
    response: { 200: schemas.clientPage },
  };
  server.get<{ Querystring: ClientsQuery }>(
    '/api/v1/clients',
    { config: viewer, schema: list },
    async ({ query }) => ({ ...clientPage(controls, query), table: controls.clientTable() }),
  );
  const show = {
    tags,
    operationId: 'getClient',
    summary: 'One client: what was seen of it, and which rule holds for it',
    params: schemas.addressParams,
    response: { 200: schemas.clientStory },
  };
  server.get<{ Params: AddressParams }>(
    '/api/v1/clients/:address',
    { config: viewer, schema: show },
    async (request, reply) => {
      const { address } = request.params;
      return controls.client(address) ?? notAnAddress(request, reply, address);
    },
  );
}

function clientPage(controls: ServingControls, query: ClientsQuery) {
  const { q, outcome, key, since, sort, offset, limit } = query;
  const page = controls.clients({
    text: q,
    outcome,
    keyId: key,
    seenSince: since === undefined ? undefined : Date.parse(since),
    sort: sort.replace(/^-/, '') as ClientColumn,
    descending: sort.startsWith('-'),
    offset,
    limit,
  });
  return { total: page.total, matched: page.matched, offset, limit, items: page.items };
}

function notAnAddress(request: FastifyRequest, reply: FastifyReply, text: string): unknown {
  return problem(
    reply,
    400,
    `${JSON.stringify(text)} is not an IP address: use one such as 192.0.2.7`,
    request.url,
  );
}
