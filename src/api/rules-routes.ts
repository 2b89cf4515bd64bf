/** Access rules one by one, and the rate limit: `/api/v1/access/rules`, `/api/v1/access/rate-limit`. */
import type { FastifyInstance } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { access } from '../config/access-schema.ts';
import { actorOf } from './acting.ts';
import { collectionRoutes } from './collection-routes.ts';
import type { ConfigControls, RuleControls } from './settings-controls.ts';
import { ifMatch, orNull, reply, withEtag, withProblems } from './settings-replies.ts';

const { properties } = access.properties.rateLimit;
const interval = withoutDefault(properties.interval);
const burst = withoutDefault(properties.burst);
const leak = withoutDefault(properties.leak);
const limit = Type.Object(
  { interval: Type.Optional(interval), burst: Type.Optional(burst), leak: Type.Optional(leak) },
  { additionalProperties: false },
);
const fields = {
  prefix: Type.String({
    maxLength: 256,
    description: 'A network, an address, or a word: attached, loopback, any. One rule for each.',
  }),
  action: Type.Enum(['serve', 'ignore', 'deny'], {
    description: 'serve; ignore: silence; deny: a DENY kiss code',
  }),
  rateLimit: Type.Union([Type.Literal('default'), Type.Literal('off'), limit], {
    description:
      'default: as access.rateLimit says; off; or one of its own, s per answer, answers in a row, leak',
  }),
  requireKey: Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 4_294_967_295 })], {
    description: 'false; true: any key; or the number of the only key',
  }),
  allowQueries: Type.Boolean({ description: 'Whether status queries (mode 6, ntpq) are answered' }),
  note: Type.String({ maxLength: 200, description: 'For people' }),
};
const { prefix, action, rateLimit, requireKey, allowQueries, note } = fields;
const id = Type.Integer({ description: 'Never given to another rule' });
const view = Type.Object({ id, ...fields });
const create = Type.Object(
  {
    prefix,
    action,
    rateLimit: Type.Optional(rateLimit),
    requireKey: Type.Optional(requireKey),
    allowQueries: Type.Optional(allowQueries),
    note: Type.Optional(note),
  },
  { additionalProperties: false },
);
const nullableLimit = Type.Object(
  {
    interval: Type.Optional(orNull(interval)),
    burst: Type.Optional(orNull(burst)),
    leak: Type.Optional(orNull(leak)),
  },
  { additionalProperties: false },
);
const patch = Type.Object(
  {
    prefix: Type.Optional(prefix),
    action: Type.Optional(action),
    rateLimit: Type.Optional(
      Type.Union([Type.Literal('default'), Type.Literal('off'), nullableLimit, Type.Null()]),
    ),
    requireKey: Type.Optional(orNull(requireKey)),
    allowQueries: Type.Optional(orNull(allowQueries)),
    note: Type.Optional(orNull(note)),
  },
  { additionalProperties: false },
);

/** An answer would be filled up with it. */
function withoutDefault<T extends TSchema>(schema: T): T {
  const { default: _, ...rest } = schema as T & { default?: unknown };
  return rest as unknown as T;
}

const tags = ['access'];
const PATH = ['access', 'rateLimit'] as const;

export function rulesRoutes(server: FastifyInstance, rules: RuleControls, config: ConfigControls): void {
  collectionRoutes(server, rules, {
    path: '/api/v1/access/rules',
    noun: 'rule',
    operation: 'AccessRule',
    tags,
    view,
    create,
    patch,
  });
  const rateLimitNow = () => config.view().config.access.rateLimit;
  const wholeLimit = Type.Object({ interval, burst, leak });
  server.get(
    '/api/v1/access/rate-limit',
    {
      config: { role: 'viewer' },
      schema: {
        tags,
        operationId: 'getRateLimit',
        summary: 'The rate limit of rules without one of their own',
        response: withProblems({ 200: wholeLimit }),
      },
    },
    async (_request, response) => withEtag(response, rateLimitNow()),
  );
  server.patch<{ Body: unknown }>(
    '/api/v1/access/rate-limit',
    {
      config: { role: 'admin' },
      schema: {
        tags,
        operationId: 'updateRateLimit',
        summary: 'Change the rate limit',
        body: nullableLimit,
        response: withProblems({ 200: wholeLimit }),
      },
    },
    async (request, response) => {
      const made = await config.patchSection(actorOf(request), PATH, request.body, ifMatch(request));
      return reply(request, response, made, () => withEtag(response, rateLimitNow()));
    },
  );
}
