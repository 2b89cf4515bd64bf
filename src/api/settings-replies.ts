/** What becomes of a change of the settings, as HTTP says it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { etagOf } from '../settings/etag.ts';
import { isRefusal, type Refusal } from '../settings/refusal.ts';
import { problem } from './problem.ts';

export { withProblems } from './problem-schema.ts';

const STATUS: Readonly<Record<Refusal['refused'], number>> = {
  missing: 404,
  conflict: 409,
  changed: 412,
  invalid: 422,
  failed: 503,
};

export function replyRefusal(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): unknown {
  const { refused, detail, errors } = refusal;
  return problem(reply, STATUS[refused], detail, request.url, errors.length > 0 ? errors : undefined);
}

/** The refusal, or what `send` makes of the result. */
export function reply<T>(
  request: FastifyRequest,
  response: FastifyReply,
  result: T | Refusal,
  send: (result: T) => unknown,
): unknown {
  return isRefusal(result) ? replyRefusal(request, response, result) : send(result);
}

/** An item with the tag that `If-Match` is to carry. */
export function withEtag<T>(response: FastifyReply, item: T): T {
  response.header('etag', etagOf(item));
  return item;
}

export function ifMatch({ headers }: FastifyRequest): string | undefined {
  return headers['if-match'];
}

export function notThere(request: FastifyRequest, response: FastifyReply, what: string): unknown {
  return problem(response, 404, `there is no ${what}: it may have been deleted`, request.url);
}

export const idParams = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Its number' }) },
  { additionalProperties: false },
);
export interface IdParams {
  readonly id: number;
}

export const NO_CONTENT = Type.Null({ description: 'Done' });
export const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const pending = orNull(
  Type.Object(
    {
      id: Type.Integer({ description: 'Its revision' }),
      secondsLeft: Type.Integer(),
      expiresAt: Type.String({ description: 'UTC, ISO 8601' }),
      summary: Type.String(),
      reachableAt: Type.Array(Type.String(), {
        description:
          'URLs of the page while the change is in force: it may have to be opened anew to confirm',
      }),
    },
    { description: 'A change that is taken back unless it is confirmed' },
  ),
);

export const keyChange = Type.Object({
  key: Type.String({ description: 'e.g. ntp.port' }),
  before: Type.Unknown(),
  after: Type.Unknown(),
});

export const committed = Type.Object({
  revision: Type.Integer({ description: 'Number of the newest revision' }),
  diff: Type.String({ description: 'Unified diff of the configuration; empty: it stays as it was' }),
  changes: Type.Array(keyChange),
  waitingForRestart: Type.Array(Type.String(), { description: 'Keys that take effect at the next start' }),
  pending,
});
