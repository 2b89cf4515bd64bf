/** All settings as one file under a passphrase: `/api/v1/backup`, `/api/v1/restore`. */
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { isRefusal } from '../settings/refusal.ts';
import { actorOf } from './acting.ts';
import { bytesAs } from './problem-schema.ts';
import type { BackupControls } from './settings-controls.ts';
import { keyChange, pending, replyRefusal, withProblems } from './settings-replies.ts';

const tags = ['backup'];
const config = { role: 'admin' } as const;
const strict = { additionalProperties: false };
const passphrase = Type.String({
  minLength: 10,
  maxLength: 256,
  description: 'Without it nobody can open the backup, not even you',
});
const make = Type.Object({ passphrase }, strict);
const restore = Type.Object(
  {
    backup: Type.String({ maxLength: 7_000_000, description: 'Base64 of the file' }),
    passphrase: Type.String({ maxLength: 256 }),
    dryRun: Type.Optional(Type.Boolean({ description: 'Only say what would change' })),
  },
  strict,
);
const keyNumbers = Type.Array(Type.Integer());
const plan = Type.Object({
  at: Type.String({ description: 'When the backup was made' }),
  software: Type.String({ description: 'By which version' }),
  summary: Type.String(),
  diff: Type.String({ description: 'Unified diff of the configuration' }),
  changes: Type.Array(keyChange),
  keys: Type.Object({ added: keyNumbers, removed: keyNumbers, changed: keyNumbers }),
  files: Type.Array(
    Type.Object({ name: Type.String(), change: Type.Enum(['same', 'added', 'removed', 'changed']) }),
  ),
  revision: Type.Union([Type.Integer(), Type.Null()], { description: 'Null in a dry run' }),
  pending,
});

export function backupRoutes(server: FastifyInstance, controls: BackupControls): void {
  server.post<{ Body: Static<typeof make> }>(
    '/api/v1/backup',
    {
      config,
      schema: {
        tags,
        operationId: 'makeBackup',
        summary: 'All settings, keys, users and the certificate, encrypted',
        body: make,
        response: { 200: bytesAs('application/octet-stream', 'The backup') },
      },
    },
    async (request, response) =>
      response
        .type('application/octet-stream')
        .header('content-disposition', 'attachment; filename="timeball.timeball-backup"')
        .send(await controls.make(actorOf(request), request.body.passphrase)),
  );
  server.post<{ Body: Static<typeof restore> }>(
    '/api/v1/restore',
    {
      config,
      schema: {
        tags,
        operationId: 'restoreBackup',
        summary: 'Make all settings what they were in a backup',
        description: 'It must be confirmed, see pending.',
        body: restore,
        response: withProblems({ 200: plan }),
      },
    },
    async (request, response) => {
      const { backup, passphrase: secret, dryRun = false } = request.body;
      const sealed = Buffer.from(backup, 'base64');
      if (dryRun) {
        const planned = await controls.plan(sealed, secret);
        if (isRefusal(planned)) return replyRefusal(request, response, planned);
        return { ...planned, revision: null, pending: null };
      }
      const made = await controls.restore(actorOf(request), sealed, secret);
      if (isRefusal(made)) return replyRefusal(request, response, made);
      const { committed, ...rest } = made;
      return { ...rest, revision: committed.revision, pending: committed.pending };
    },
  );
}
