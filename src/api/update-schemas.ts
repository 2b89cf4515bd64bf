/** What is sent and answered about updates. */
import Type, { type Static } from 'typebox';
import { LARGEST_BUNDLE, UPDATE_STATES } from '../update/update-status.ts';

export const BYTES = 'application/octet-stream';
export const NO_CONTENT = Type.Null({ description: 'Done' });

const orNull = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
const bytes = (description: string) => Type.Number({ description: `${description}, bytes` });
const slot = Type.Enum(['a', 'b']);

const summaryFields = {
  version: Type.String(),
  buildDate: Type.String({ description: 'UTC, ISO 8601' }),
  size: bytes('Of the file'),
  signedBy: Type.String({ description: 'Id of the key, as minisign shows it' }),
  newer: Type.Boolean({ description: 'Than what runs' }),
};
const summary = Type.Object(summaryFields);

const record = Type.Object({
  state: Type.Enum([...UPDATE_STATES], {
    description:
      'trial: installed, and running to show that it is well, or restarting to do so; rolled-back: it was not well, ' +
      'and what ran before runs again',
  }),
  version: Type.String({ description: 'Of the bundle' }),
  from: Type.String({ description: 'That ran before' }),
  slot,
  at: Type.String({ description: "UTC, ISO 8601, by the system's clock" }),
  reason: Type.String({ description: 'Empty where there is nothing to say' }),
  baseline: Type.Object(
    {
      locked: Type.Boolean(),
      boundSeconds: orNull(Type.Number(), 'Error bound, s; null: not known'),
      served: Type.Optional(Type.Boolean({ description: 'The page was; absent: not known' })),
      addressed: Type.Optional(
        Type.Boolean({ description: 'The machine had an address beyond its own cable; absent: not known' }),
      ),
    },
    { description: 'What there was before the update, which the new version must reach again' },
  ),
  deadlineSeconds: Type.Number({ description: 'Within which the new version must be well' }),
});

export const view = Type.Object({
  version: Type.String({ description: 'That runs' }),
  buildDate: Type.String(),
  slot: orNull(slot, 'That the system runs from; null: not known'),
  can: Type.Object({
    upload: Type.Boolean({ description: 'Take a bundle and say what it is' }),
    install: Type.Boolean(),
  }),
  reason: Type.String({ description: 'Why it can not; empty: it can' }),
  uploading: Type.Boolean({ description: 'A bundle is coming in' }),
  installing: Type.Boolean({ description: 'The helper is at work' }),
  problem: Type.String({ description: 'Why what was last asked for was not installed; else empty' }),
  last: orNull(record, 'The last update; null: there was none'),
  bundle: orNull(
    Type.Object({
      size: bytes('Of the file'),
      summary: orNull(summary, 'Null: it would be refused'),
      refusal: Type.String({ description: 'Why it would be refused; empty: it would not' }),
    }),
    'That lies ready',
  ),
  largestBundle: Type.Number({ description: `Bytes, ${LARGEST_BUNDLE}` }),
});

export const uploaded = Type.Object({
  ...summaryFields,
  sha256: Type.String({ description: 'Of the file, hex' }),
});

export const body = Type.Object(
  { downgrade: Type.Optional(Type.Boolean({ description: 'Whether an older version may be installed' })) },
  { additionalProperties: false },
);
export type InstallBody = Static<typeof body>;

export const done = Type.Object({ done: Type.Boolean(), text: Type.String() });
