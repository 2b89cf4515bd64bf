import type { FastifyRequest } from 'fastify';
import type { Actor } from './actor.ts';

/** Who asks, in a route that the guard lets nobody into without a role. @throws Error where there is no guard. */
export function actorOf({ actor }: FastifyRequest): Actor {
  if (!actor) throw new Error('a route that needs an actor is served without a guard');
  return actor;
}
