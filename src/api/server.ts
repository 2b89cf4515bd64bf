/** The HTTP side: status out, actions in. It acts only through `Controls`, which the appliance implements. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Status } from '../status/status.ts';
import { answerOtherMethods } from './other-methods.ts';
import { problem } from './problem.ts';
import type { ServingControls } from './serving-controls.ts';
import { servingRoutes } from './serving-routes.ts';
import { statusPage } from './status-page.ts';

/** A simulated fault as the API shows it. */
export interface FaultView {
  readonly name: string;
  readonly description: string;
  readonly value: boolean | number | string;
  readonly none: boolean | number | string;
}

export interface Controls {
  status(): Status;
  readonly serving: ServingControls;
  /** Only in simulation. */
  readonly faults?: {
    list(): readonly FaultView[];
    /** Returns what is wrong with the value in one line, or '' once it is set. */
    set(name: string, value: unknown): string;
  };
}

/** Everything a browser may load comes from here; nothing on the page runs. */
const CSP =
  "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Bytes: 20,000 rules with notes fit. */
const BODY_LIMIT = 8 * 1024 * 1024;

export function buildApi(controls: Controls): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    // A misspelt parameter is told, not dropped.
    ajv: { customOptions: { removeAdditional: false, allErrors: true } },
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', CSP);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
  });
  server.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    return problem(reply, status, (error as Error).message, request.url);
  });
  server.setNotFoundHandler((request, reply) =>
    problem(reply, 404, `nothing is at ${request.method} ${request.url}`, request.url),
  );
  const routesAreComplete = answerOtherMethods(server);
  // What is not known (yet) is null: a field that comes and goes breaks scripts.
  server.get('/api/v1/status', async (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(controls.status(), (_key, value) => (value === undefined ? null : value))),
  );
  servingRoutes(server, controls.serving);
  statusPage(server, () => controls.status());
  if (controls.faults) faultRoutes(server, controls.faults);
  routesAreComplete();
  return server;
}

function faultRoutes(server: FastifyInstance, faults: NonNullable<Controls['faults']>): void {
  server.get('/api/v1/simulation/faults', async () => ({ items: faults.list() }));
  server.put<{ Params: { name: string }; Body: unknown }>(
    '/api/v1/simulation/faults/:name',
    async (request, reply) => {
      const { name } = request.params;
      if (!faults.list().some((fault) => fault.name === name)) {
        const known = faults.list().map((fault) => fault.name);
        return problem(reply, 404, `there is no fault ${name}: use one of ${known.join(', ')}`, request.url);
      }
      const body = request.body;
      const given = typeof body === 'object' && body !== null && 'value' in body;
      if (!given) return problem(reply, 400, 'the body lacks "value": send {"value": …}', request.url);
      const flaw = faults.set(name, body.value);
      if (flaw !== '') return problem(reply, 422, flaw, request.url);
      return faults.list().find((fault) => fault.name === name);
    },
  );
}

/** Listens; returns the URL. @throws Error of one line where the address can't be bound. */
export async function listenApi(
  server: FastifyInstance,
  address: { host: string; port: number },
): Promise<string> {
  try {
    return await server.listen({ host: address.host, port: address.port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const where = `${address.host}:${address.port}`;
    if (code === 'EADDRINUSE')
      throw new Error(
        `HTTP ${where} is in use by another program: stop it or choose another address with --http`,
      );
    if (code === 'EACCES')
      throw new Error(`HTTP ${where} is not permitted: ports below 1024 need CAP_NET_BIND_SERVICE`);
    if (code === 'EADDRNOTAVAIL')
      throw new Error(`HTTP ${where}: this machine has no such address: choose one it has with --http`);
    // `localhost` is a name too, which somebody may have deleted from /etc/hosts.
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new Error(
        `HTTP ${where}: no address is known by that name: use one such as 127.0.0.1 with --http`,
      );
    throw error;
  }
}
