/** Who did what: `/api/v1/audit`. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { AuditControls } from './audit-controls.ts';
import { textAs } from './problem-schema.ts';
import { at, page, paging, query, time } from './record-schemas.ts';

const entry = Type.Object({
  seq: Type.Integer({ description: 'from 1, without a gap' }),
  at: time,
  timeTrusted: Type.Boolean({ description: 'whether at is served time, or only what the machine believed' }),
  actor: Type.Object({
    name: Type.String(),
    role: Type.String(),
    via: Type.String({ description: 'session, token, socket, demo, open or system' }),
    address: Type.String({ description: 'where from; empty: from the machine itself' }),
  }),
  action: Type.String({ description: 'e.g. access-rule.create' }),
  target: Type.String(),
  before: Type.Unknown({ description: 'old value, secrets masked; null: none' }),
  after: Type.Unknown({ description: 'new value, secrets masked; null: none' }),
  previous: Type.String({ description: 'hash of the entry before' }),
  hash: Type.String({ description: 'SHA-256 over the canonical JSON (RFC 8785) of all but itself' }),
});

const entryQuery = query({
  actor: Type.Optional(Type.String({ maxLength: 100, description: 'name of who did it' })),
  action: Type.Optional(
    Type.String({ maxLength: 100, description: 'an action, or what it begins with: access-rule' }),
  ),
  since: at('entries of then or later'),
  until: at('entries of before then'),
  ...paging,
});

const verdict = Type.Object({
  entries: Type.Integer({ description: 'entries that were checked' }),
  ok: Type.Boolean(),
  firstBad: Type.Union([
    Type.Object({
      seq: Type.Union([Type.Integer(), Type.Null()]),
      file: Type.String(),
      line: Type.Integer({ description: '0: the record as a whole' }),
      reason: Type.String(),
    }),
    Type.Null(),
  ]),
  head: Type.Object(
    { seq: Type.Integer(), hash: Type.String() },
    { description: 'the last entry: noted elsewhere, it proves later that nothing before it was changed' },
  ),
});

const tags = ['audit'];
const config = { role: 'operator' } as const;

export function auditRoutes(server: FastifyInstance, controls: AuditControls): void {
  server.get<{ Querystring: Static<typeof entryQuery> }>(
    '/api/v1/audit',
    {
      config,
      schema: {
        tags,
        operationId: 'listAudit',
        summary: 'Who did what, when, from where, old and new value',
        querystring: entryQuery,
        response: { 200: page(entry) },
      },
    },
    async (request) => controls.list(request.query),
  );
  server.get(
    '/api/v1/audit/export',
    {
      config,
      schema: {
        tags,
        operationId: 'exportAudit',
        summary: 'All of the record, one JSON object a line, the oldest first',
        description: 'Checked with: timeball audit verify FILE',
        response: { 200: textAs('application/x-ndjson', 'One entry a line') },
      },
    },
    async (_request, reply) =>
      reply
        .type('application/x-ndjson; charset=utf-8')
        .header('content-disposition', 'attachment; filename="timeball-audit.ndjson"')
        .send(Readable.from(controls.export())),
  );
  server.get(
    '/api/v1/audit/verify',
    {
      config,
      schema: {
        tags,
        operationId: 'verifyAudit',
        summary: 'Whether the record is as it was written',
        response: { 200: verdict },
      },
    },
    async () => controls.verify(),
  );
}
