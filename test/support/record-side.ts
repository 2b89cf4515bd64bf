/** The record side of an appliance that is not there, in virtual time, behind a real API. */
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import type { Actor } from '../../src/api/actor.ts';
import { type ApiPart, buildApi } from '../../src/api/server.ts';
import { LogRing } from '../../src/events/log-ring.ts';
import type { MayContinue } from '../../src/record-controls.ts';
import { RecordSide } from '../../src/record-side.ts';
import type { Status } from '../../src/status/status.ts';
import { noHelper, type SystemHelper } from '../../src/system/system-helper.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { aStatus } from './a-status.ts';

export const BEGIN = Date.UTC(2026, 5, 1, 12);
export const ANN: Actor = { name: 'ann', role: 'admin', via: 'session', address: '192.0.2.1' };

interface Wishes {
  readonly directory?: string;
  readonly helper?: SystemHelper;
  readonly syslog?: readonly string[];
}

export function recordSide({ directory, helper, syslog = [] }: Wishes = {}) {
  const timers = new VirtualTimers();
  const ring = new LogRing();
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, ring);
  const now = { status: aStatus() };
  const side = new RecordSide({
    timers,
    utc: () => ({ millis: BEGIN + timers.now, trusted: true }),
    stateDirectory: directory,
    log,
    ring,
    syslog: { servers: [...syslog], facility: 'daemon' },
    hostName: 'clock',
    status: () => now.status,
    serving: { clients: () => ({ total: 0, matched: 0, items: [] }) },
    helper: helper ?? noHelper('a simulation restarts nothing'),
    lastConfigChange: () => null,
  });
  const turn = (status: Status) => {
    now.status = status;
    side.turn(status);
  };
  return { timers, ring, log, side, turn };
}

/** `actor`: who asks, whoever it is. */
export function recordApi(
  side: RecordSide,
  actor: () => Actor | undefined = () => ANN,
  mayContinue?: MayContinue,
): Promise<FastifyInstance> {
  const login: ApiPart = (server) => {
    server.decorateRequest('actor', undefined);
    server.addHook('onRequest', async (request) => {
      request.actor = actor();
    });
  };
  return buildApi({ parts: [login, ...side.parts(mayContinue)] });
}
