/** A known path asked with a method that it has not: 405 with the ones that it has, RFC 9110 §15.5.6. */
import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { problem } from './problem.ts';

/** To be called before the routes are added; the function returned, once all of them are. */
export function answerOtherMethods(server: FastifyInstance): () => void {
  const methodsAt = new Map<string, Set<string>>();
  let collecting = true;
  server.addHook('onRoute', ({ url, method }) => {
    if (!collecting) return;
    const methods = methodsAt.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one.toUpperCase());
    methodsAt.set(url, methods);
  });
  return () => {
    collecting = false;
    // Those of WebDAV and others, which are not routed otherwise. CONNECT never comes as a request.
    for (const method of METHODS)
      if (method !== 'CONNECT' && !server.supportedMethods.includes(method)) server.addHttpMethod(method);
    for (const [url, methods] of methodsAt) refuseOthers(server, url, [...methods].sort());
  };
}

function refuseOthers(server: FastifyInstance, url: string, allowed: readonly string[]): void {
  const allow = allowed.join(', ');
  const method = server.supportedMethods.filter((one) => !allowed.includes(one));
  server.route({
    method,
    url,
    config: { role: 'open' },
    schema: { hide: true },
    // Before the body is read: whatever is wrong with it does not matter.
    onRequest: async (request, reply) => {
      reply.header('allow', allow);
      const path = request.url.split('?', 1)[0];
      return problem(reply, 405, `${path} does not take ${request.method}: use ${allow}`, request.url);
    },
    handler: async () => {},
  });
}
