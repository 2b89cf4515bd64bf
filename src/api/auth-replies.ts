/** What becomes of a request about logins, as HTTP says it; and which state of an item it was made from. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Refusal, RefusalKind } from '../auth/outcome.ts';
import { etagOf } from '../settings/etag.ts';
import type { TokenView, UserView } from './auth-controls.ts';
import { problem } from './problem.ts';

export { withProblems } from './problem-schema.ts';

const STATUS: Readonly<Record<RefusalKind, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  stale: 412,
  invalid: 422,
  limited: 429,
  failed: 503,
};

export function replyRefusal(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): unknown {
  const { kind, detail, field, retryAfterSeconds } = refusal;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  const text = field === undefined ? detail : `${field}: ${detail}`;
  const errors = field === undefined ? undefined : [{ field, message: detail }];
  return problem(reply, STATUS[kind], text, request.url, errors);
}

/** Of what can be changed: a login in between is no reason to refuse a change. */
export function etagOfItem({ lastLoginAt, lastUsedAt, ...item }: Partial<UserView & TokenView>): string {
  return etagOf(item);
}

/** Whether the item still is what `If-Match` says that the caller has seen: RFC 9110 §13.1.1. */
export function unchangedSince({ headers }: FastifyRequest): (item: UserView | TokenView) => boolean {
  const given = headers['if-match'];
  if (given === undefined || given.trim() === '*') return () => true;
  const tags = given.split(',').map((tag) => tag.trim());
  return (item) => tags.includes(etagOfItem(item));
}

export const role = Type.Union([Type.Literal('viewer'), Type.Literal('operator'), Type.Literal('admin')], {
  description: 'viewer: sees; operator: also runs; admin: also changes settings, users and keys.',
});

/** Not a union: the validator would turn null into an empty text. */
export const timeOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });
export const time = (description: string) => Type.String({ format: 'date-time', description });

export const idParams = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Its number' }) },
  { additionalProperties: false },
);
export interface IdParams {
  readonly id: number;
}

/** `{items: […]}`. */
export function listOf<T extends Type.TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item) });
}

export const NO_CONTENT = Type.Null({ description: 'Done' });
