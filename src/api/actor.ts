/** Who asks, and what a route asks of them. */

// Loads what is augmented below, wherever this file alone is read (as the page does for its types).
import type {} from 'fastify';

/** In rising order: each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Actor {
  /** User or token name; `console` on the local socket, `demo` in an open simulation, `anyone` without a login. */
  readonly name: string;
  readonly role: Role;
  readonly via: 'session' | 'token' | 'socket' | 'demo' | 'open';
  /** Remote IP address; empty on the local socket. */
  readonly address: string;
}

export function mayAct(actor: Actor | undefined, role: Role): boolean {
  return actor !== undefined && ROLES.indexOf(actor.role) >= ROLES.indexOf(role);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler of a route that is not open. */
    actor: Actor | undefined;
  }
  interface FastifyContextConfig {
    /**
     * Least role. `open`: anybody, logged in or not. `status`: viewers, and anybody where the status is open. Without
     * it: viewers may GET and HEAD, admins do the rest.
     */
    readonly role?: Role | 'open' | 'status';
  }
}
