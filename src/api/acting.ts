import type { FastifyRequest } from 'fastify';
import type { Actor } from './actor.ts';

/** Who asks; somebody without a name where no guard has said. */
export function actorOf(request: FastifyRequest): Actor {
  return request.actor ?? { name: 'anyone', role: 'viewer', via: 'open', address: request.ip };
}
