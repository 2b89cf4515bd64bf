/** The event log and the log lines: `/api/v1/events/log`, `/api/v1/logs`. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { EVENT_TYPE_NAMES, EVENT_TYPES, SEVERITIES } from '../events/event-types.ts';
import { LOG_LEVELS } from '../events/log-ring.ts';
import { actorOf } from './acting.ts';
import type { EventsControls } from './events-controls.ts';
import { problem } from './problem.ts';
import { at, idParams, page, paging, query, time, timeOrNull } from './record-schemas.ts';

const MEANINGS = EVENT_TYPE_NAMES.map((type) => `${type}: ${EVENT_TYPES[type].meaning}`).join('; ');

const severity = Type.Enum([...SEVERITIES], { description: 'in rising order' });
const type = Type.Enum([...EVENT_TYPE_NAMES], { description: MEANINGS });

const item = Type.Object({
  id: Type.Integer(),
  at: time,
  type: Type.String(),
  severity: Type.String(),
  text: Type.String(),
  data: Type.Unknown({ description: 'particulars, an object; null: none' }),
  active: Type.Boolean({ description: 'whether a condition holds still' }),
  clearedAt: timeOrNull,
  acknowledgedAt: timeOrNull,
  acknowledgedBy: Type.Union([Type.String(), Type.Null()]),
  count: Type.Integer({ description: 'how often: a storm is gathered in one entry' }),
  lastAt: time,
});

const logQuery = query({
  severity: Type.Optional(severity),
  type: Type.Optional(type),
  active: Type.Optional(Type.Boolean({ description: 'true: conditions that hold still' })),
  acknowledged: Type.Optional(Type.Boolean()),
  since: at('entries of then or later'),
  ...paging,
});

const line = Type.Object({
  id: Type.Integer(),
  at: Type.String({ description: "by the machine's clock" }),
  level: Type.String(),
  text: Type.String(),
  data: Type.Unknown({ description: 'particulars, an object' }),
});

const linesQuery = query({
  level: Type.Optional(Type.Enum([...LOG_LEVELS], { description: 'this level and worse' })),
  ...paging,
});

const tags = ['events'];

export function eventsRoutes(server: FastifyInstance, controls: EventsControls): void {
  server.get<{ Querystring: Static<typeof logQuery> }>(
    '/api/v1/events/log',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'listEvents',
        summary: 'What has happened, and what holds still',
        description: 'The last 1000 entries, kept across restarts. severity: this one and worse.',
        querystring: logQuery,
        response: { 200: page(item) },
      },
    },
    async (request) => controls.list(request.query),
  );
  server.get<{ Params: Static<typeof idParams> }>(
    '/api/v1/events/log/:id',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'getEvent',
        summary: 'One event',
        params: idParams,
        response: { 200: item },
      },
    },
    async (request, reply) => controls.get(request.params.id) ?? problem(reply, 404, GONE, request.url),
  );
  server.post<{ Params: Static<typeof idParams> }>(
    '/api/v1/events/log/:id/acknowledge',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        operationId: 'acknowledgeEvent',
        summary: 'Say that an event was seen',
        description: 'Doing so twice changes nothing: the first stays on record.',
        params: idParams,
        response: { 200: item },
      },
    },
    async (request, reply) =>
      controls.acknowledge(actorOf(request), request.params.id) ?? problem(reply, 404, GONE, request.url),
  );
  server.post(
    '/api/v1/events/log/acknowledge-all',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        operationId: 'acknowledgeAllEvents',
        summary: 'Say that all events were seen',
        response: { 200: Type.Object({ acknowledged: Type.Integer({ description: 'how many were new' }) }) },
      },
    },
    async (request) => ({ acknowledged: controls.acknowledgeAll(actorOf(request)) }),
  );
  logRoute(server, controls);
}

const GONE = 'there is no such event: it may have made room for newer ones';

function logRoute(server: FastifyInstance, controls: EventsControls): void {
  server.get<{ Querystring: Static<typeof linesQuery> }>(
    '/api/v1/logs',
    {
      config: { role: 'operator' },
      schema: {
        tags,
        operationId: 'listLogLines',
        summary: 'The last 2000 log lines of this run',
        querystring: linesQuery,
        response: { 200: page(line) },
      },
    },
    async (request) => controls.logs(request.query),
  );
}
