/** How long a request may take to come in. */
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may take its time: the route itself watches that it goes on coming. */
    readonly slowBody?: boolean;
  }
}

/** ms. */
const HEADERS_MS = 30_000;
const BODY_MS = 30_000;

/**
 * Cuts off who does not get to the end of a request. Node's own limit is for a whole server, and there is a route that
 * takes files of hundreds of megabytes.
 */
export function limitBodyTime(server: FastifyInstance, milliseconds: number = BODY_MS): void {
  server.server.headersTimeout = HEADERS_MS;
  server.addHook('onRequest', async ({ raw, routeOptions }) => {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = raw.headers;
    if (routeOptions.config.slowBody || (length === '0' && coding === undefined)) return;
    const timer = setTimeout(() => raw.socket.destroy(), milliseconds);
    raw.once('close', () => clearTimeout(timer));
  });
}
