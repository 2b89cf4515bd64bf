/** What is asked about clients and access rules, and what is answered. */
import Type, { type TSchema } from 'typebox';
import { CLIENT_COLUMNS, OUTCOME_NAMES } from '../status/clients.ts';
import { at, query, time } from './record-schemas.ts';

/** `lastSeen` ascending, `-lastSeen` descending. */
const SORTS = CLIENT_COLUMNS.flatMap((column) => [column, `-${column}`]);
const orNull = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

export const clientsQuery = query({
  q: Type.Optional(
    Type.String({ maxLength: 64, description: 'the beginning of an address, or a prefix (192.0.2.0/24)' }),
  ),
  outcome: Type.Optional(
    Type.Enum([...OUTCOME_NAMES], { description: 'clients with datagrams of this outcome' }),
  ),
  key: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 4_294_967_295, description: 'clients that use this key' }),
  ),
  since: at('clients seen then or later'),
  sort: Type.Enum(SORTS, { default: '-lastSeen', description: 'column; with - before it, descending' }),
  offset: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
});

/** What is no address is refused by the handler, which says what to write. */
export const addressParams = Type.Object({
  address: Type.String({ description: 'IP address, e.g. 192.0.2.7' }),
});

const count = Type.Integer();
const client = Type.Object({
  address: Type.String(),
  port: Type.Integer({ description: 'source port of the last request for time' }),
  version: Type.Integer({ description: 'NTP version of it, 1 to 4; 0: there was none' }),
  mode: Type.Integer({ description: 'NTP mode of it; 0: there was none' }),
  firstSeen: time,
  lastSeen: time,
  packets: Type.Integer({ description: 'datagrams of every kind' }),
  answered: Type.Integer({ description: 'answers with the time' }),
  interleaved: Type.Integer({ description: 'of them, in interleaved mode' }),
  authenticated: Type.Integer({ description: 'of them, with a MAC' }),
  kisses: Type.Integer({ description: 'answers with a kiss code' }),
  queries: Type.Integer({ description: 'control queries answered' }),
  dropped: count,
  drops: Type.Record(Type.String(), count, { description: 'by reason, each up to 65535' }),
  lastDrop: orNull(Type.Object({ outcome: Type.String(), at: time }), 'null: none'),
  keyId: orNull(Type.Integer(), 'key of the last answered request; null: none'),
  pollSeconds: orNull(Type.Number(), 'the poll interval that its requests announce'),
  intervalSeconds: orNull(Type.Number(), 'the interval measured, smoothed'),
  clockOffsetSeconds: orNull(Type.Number(), 'its clock minus ours; null: its requests do not tell'),
});

const limit = Type.Object({ interval: Type.Number(), burst: Type.Integer(), leak: Type.Integer() });
export const verdict = Type.Object({
  rule: Type.Integer({ description: 'position in access.rules; -1: none, which means silence' }),
  prefix: Type.String({ description: 'the network that holds the address' }),
  written: Type.String({ description: 'as the rule has it' }),
  note: Type.String(),
  action: Type.String({ description: 'serve, ignore or deny' }),
  requireKey: Type.Integer({ description: '0: none; -1: any key; else the only key' }),
  allowQueries: Type.Boolean(),
  rateLimit: Type.Optional(Type.Unsafe(limit)),
  text: Type.String({ description: 'all of it in words, to be read after the address' }),
});

export const clientPage = Type.Object({
  total: Type.Integer({ description: 'clients in the table' }),
  matched: Type.Integer({ description: 'those that the filter lets through' }),
  offset: count,
  limit: count,
  items: Type.Array(client),
  table: Type.Object({
    capacity: Type.Integer({ description: 'clients that it has room for' }),
    refused: Type.Integer({ description: 'datagrams of clients that found no room' }),
    missed: Type.Integer({ description: 'datagrams left out, as another thread held the record' }),
    replaced: Type.Integer({ description: 'clients that made room for others' }),
  }),
});

export const clientStory = Type.Object({
  address: Type.String(),
  seen: orNull(client, 'null: it never asked, or made room for others'),
  access: verdict,
  lastDropMeaning: orNull(Type.String(), 'why its last dropped datagram was dropped'),
});

/** As its owner wrote it: what is left out has its default. */
const writtenRule = Type.Object(
  { prefix: Type.String(), action: Type.String() },
  { additionalProperties: true, description: 'keys that are left out have their defaults' },
);

export const accessView = Type.Object({
  rules: Type.Array(writtenRule),
  rateLimit: limit,
  networks: Type.Array(Type.Object({ device: Type.String(), cidr: Type.String() }), {
    description: 'what the word attached stands for now',
  }),
  keys: Type.Object({
    file: Type.String(),
    loaded: count,
    problems: Type.Array(Type.String()),
  }),
});

const change = Type.Object({
  address: Type.String(),
  change: Type.String({ description: 'gains or loses' }),
  before: verdict,
  after: verdict,
  wantsKey: Type.Boolean({ description: 'only for want of the key that the rule asks for' }),
});

/** Its own check names what is wrong as that of the configuration does. */
export const dryRunBody = Type.Unknown({
  description:
    'the section access as in the configuration: {"rules": [{"prefix": "192.0.2.0/24", "action": "serve"}]}',
});

export const dryRun = Type.Object({
  hours: Type.Number({ description: 'clients seen within so many hours are weighed' }),
  counts: Type.Object({ gains: count, loses: count, keeps: count, unserved: count }),
  gains: Type.Array(change, { description: 'the first 1000' }),
  loses: Type.Array(change, { description: 'the first 1000' }),
});
