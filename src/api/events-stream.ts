/** `GET /api/v1/events`: what happens, live, as server-sent events. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LiveSink, Topic } from '../events/live-feed.ts';
import type { EventsControls } from './events-controls.ts';
import { problem } from './problem.ts';
import { textAs } from './problem-schema.ts';

interface Query {
  readonly nmea?: string;
}

const query = {
  type: 'object',
  additionalProperties: false,
  properties: {
    nmea: { type: 'string', enum: ['0', '1'], description: "1: the receiver's sentences too" },
  },
} as const;

/** `mayContinue`: whether the request would still be let in, as when its session has ended meanwhile. */
export function eventsStream(
  server: FastifyInstance,
  controls: EventsControls,
  mayContinue: (request: FastifyRequest) => boolean = () => true,
): void {
  server.get<{ Querystring: Query }>(
    '/api/v1/events',
    {
      // A HEAD would never end.
      exposeHeadRoute: false,
      config: { role: 'status' },
      schema: {
        operationId: 'streamEvents',
        tags: ['events'],
        summary: 'Live events (server-sent events)',
        description:
          'status: the status, every second. event: an entry of the event log, whenever it is made or changes; its ' +
          'id is that of the entry, and what was missed comes after a reconnection. config: {revision}. nmea: ' +
          '{at, line}, with ?nmea=1. Without a login only status. A reader that does not keep up is dropped; 503 ' +
          'when too many streams are open.',
        response: { 200: textAs('text/event-stream', 'Never ends') },
        querystring: query,
      },
    },
    (request, reply) => {
      const { raw } = reply;
      const begun = { now: false };
      const stream = controls.open(sinkOf(reply, begun), topicsFor(request), lastSeen(request), () =>
        mayContinue(request),
      );
      if (!stream) return tooMany(request, reply);
      raw.once('close', () => stream.closed());
      // A reader that went while it was being let in says so no more.
      if (raw.closed || raw.socket?.destroyed !== false) stream.closed();
      raw.on('error', () => {});
      return reply;
    },
  );
}

/** Who is not logged in, where the status is open, sees the status and nothing else. */
function topicsFor(request: FastifyRequest<{ Querystring: Query }>): ReadonlySet<Topic> {
  const { actor } = request;
  if (!actor || actor.via === 'open') return new Set(['status']);
  return new Set(['status', 'event', 'config', ...(request.query.nmea === '1' ? (['nmea'] as const) : [])]);
}

function lastSeen({ headers }: FastifyRequest): number | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}

/** The answer begins with the first write: until then it can still be refused. */
function sinkOf(reply: FastifyReply, begun: { now: boolean }): LiveSink {
  const { raw } = reply;
  return {
    write: (text) => {
      if (!begun.now) begin(reply);
      begun.now = true;
      raw.write(text);
    },
    waiting: () => raw.writableLength,
    // Ending would wait for a reader that does not read.
    drop: () => raw.destroy(),
  };
}

function begin(reply: FastifyReply): void {
  reply.hijack();
  const { raw } = reply;
  // What the hooks have set so far; those that run before sending don't, for a stream.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'",
    // A proxy that gathers the answer would show nothing.
    'x-accel-buffering': 'no',
  });
}

function tooMany(request: FastifyRequest, reply: FastifyReply): unknown {
  reply.header('retry-after', '10');
  return problem(reply, 503, 'too many live streams are open: close some pages', request.url);
}
