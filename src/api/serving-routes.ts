/** Clients and access rules: `/api/v1/clients`, `/api/v1/access`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CLIENT_COLUMNS, type ClientColumn, OUTCOME_NAMES, type OutcomeName } from '../status/clients.ts';
import { problem } from './problem.ts';
import type { ServingControls } from './serving-controls.ts';

interface ClientsQuery {
  readonly q?: string;
  readonly outcome?: OutcomeName;
  readonly key?: number;
  readonly since?: string;
  readonly sort: string;
  readonly offset: number;
  readonly limit: number;
}

/** `lastSeen` ascending, `-lastSeen` descending. */
const SORTS = CLIENT_COLUMNS.flatMap((column) => [column, `-${column}`]);

const clientsQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    q: {
      type: 'string',
      maxLength: 64,
      description: 'the beginning of an address, or a prefix (192.0.2.0/24)',
    },
    outcome: { type: 'string', enum: OUTCOME_NAMES, description: 'clients with datagrams of this outcome' },
    key: { type: 'integer', minimum: 1, maximum: 4_294_967_295, description: 'clients that use this key' },
    since: { type: 'string', format: 'date-time', description: 'clients seen then or later' },
    sort: {
      type: 'string',
      enum: SORTS,
      default: '-lastSeen',
      description: 'column; with - before it, descending',
    },
    offset: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
} as const;

export function servingRoutes(server: FastifyInstance, controls: ServingControls): void {
  server.get<{ Querystring: ClientsQuery }>(
    '/api/v1/clients',
    { schema: { querystring: clientsQuery } },
    async ({ query }) => ({ ...clientPage(controls, query), table: controls.clientTable() }),
  );
  server.get<{ Params: { address: string } }>('/api/v1/clients/:address', async (request, reply) => {
    const story = controls.client(request.params.address);
    return story ?? notAnAddress(request, reply, request.params.address);
  });
  server.get('/api/v1/access', async () => controls.access());
  server.get<{ Params: { address: string } }>('/api/v1/access/verdict/:address', async (request, reply) => {
    const verdict = controls.verdict(request.params.address);
    return verdict ?? notAnAddress(request, reply, request.params.address);
  });
  server.post('/api/v1/access/dry-run', async (request, reply) => {
    const result = controls.dryRun(request.body);
    if (!('errors' in result)) return result;
    return problem(reply, 422, 'the rules can not be used', request.url, result.errors);
  });
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
