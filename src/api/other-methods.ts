/** A known path asked with a method that it has not: 405 with the ones that it has, RFC 9110 §15.5.6. */
import type { FastifyInstance } from 'fastify';
import { problem } from './problem.ts';

/**
 * To be called before the routes are added; the function returned, once all of them are, guards included. Not a route
 * for each path and method: there are 35 methods, and so many routes take megabytes.
 */
export function answerOtherMethods(server: FastifyInstance): () => void {
  const methodsAt = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsAt.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one.toUpperCase());
    methodsAt.set(url, methods);
  });
  return () => {
    const routes = [...methodsAt].map(([url, methods]) => ({ pattern: patternOf(url), methods }));
    // Before the body is read: whatever is wrong with it does not matter.
    server.addHook('onRequest', async (request, reply) => {
      if (!request.is404) return;
      const path = request.url.split('?', 1)[0] as string;
      const allowed = new Set<string>();
      for (const { pattern, methods } of routes)
        if (pattern.test(path)) for (const method of methods) allowed.add(method);
      if (allowed.size === 0) return;
      const allow = [...allowed].sort().join(', ');
      reply.header('allow', allow);
      return problem(reply, 405, `${path} does not take ${request.method}: use ${allow}`, request.url);
    });
  };
}

/** Of a route's path: `:name` holds one segment, `*` the rest. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/:[^/]+/g, '[^/]+').replace('*', '.*')}$`);
}
