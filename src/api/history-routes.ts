/** What the plots are made of: `/api/v1/history`. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { SERIES, SERIES_NAMES, type SeriesName } from '../history/series.ts';
import type { HistoryControls } from './history-controls.ts';
import { problem } from './problem.ts';
import { at, query, time } from './record-schemas.ts';

const HOUR_MS = 3_600_000;
/** What there is at most. */
const LONGEST_MS = 30 * 24 * HOUR_MS;

const NAMES = SERIES_NAMES.map((name) => {
  const { unit, description } = SERIES[name];
  return `${name} (${unit === '' ? '' : `${unit}, `}${description})`;
}).join('; ');

const historyQuery = query({
  series: Type.Optional(
    Type.String({
      maxLength: 400,
      description: `names, with commas between them; without it all of: ${NAMES}`,
    }),
  ),
  from: at('begin; without it an hour before the end'),
  to: at('end; without it now'),
  points: Type.Integer({ minimum: 2, maximum: 4000, default: 600, description: 'points at most' }),
});

const values = Type.Array(Type.Union([Type.Number(), Type.Null()]));
const series = Type.Object({ min: values, mean: values, max: values });

const answer = Type.Object({
  from: time,
  to: time,
  stepSeconds: Type.Number(),
  series: Type.Record(Type.String(), series, { description: 'one value a step; null: nothing was known' }),
});

export function historyRoutes(server: FastifyInstance, controls: HistoryControls): void {
  server.get<{ Querystring: Static<typeof historyQuery> }>(
    '/api/v1/history',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['history'],
        operationId: 'getHistory',
        summary: 'How clock, temperature and service went',
        description: 'By the second for the last hour, by the minute for 30 days.',
        querystring: historyQuery,
        response: { 200: answer },
      },
    },
    async (request, reply) => {
      const { points } = request.query;
      const wanted = (request.query.series ?? '').split(',').filter((name) => name !== '');
      const unknown = wanted.find((name) => !SERIES_NAMES.includes(name as SeriesName));
      if (unknown !== undefined) {
        const message = `${unknown} is no series: use ${SERIES_NAMES.join(', ')}`;
        return problem(reply, 400, message, request.url, [{ field: 'series', message }]);
      }
      const to = request.query.to === undefined ? controls.now() : Date.parse(request.query.to);
      const from = request.query.from === undefined ? to - HOUR_MS : Date.parse(request.query.from);
      if (!(from < to && to - from <= LONGEST_MS)) {
        const message = 'the span is not possible: from must be before to, by 30 days at most';
        return problem(reply, 400, message, request.url, [{ field: 'from', message }]);
      }
      return controls.answer({ series: wanted as SeriesName[], from, to, points });
    },
  );
}
