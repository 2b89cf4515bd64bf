/** The admin side: what stands behind the API, joined to it, and the servers that it is reached by. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { consoleActor, listenSocket } from './api/control-socket.ts';
import { type FaultControls, faultRoutes } from './api/fault-routes.ts';
import { type ApiPart, buildApi, listenApi } from './api/server.ts';
import type { ServingControls } from './api/serving-controls.ts';
import { servingRoutes } from './api/serving-routes.ts';
import { statusRoutes } from './api/status-routes.ts';
import { webFiles } from './api/web-files.ts';
import type { Status } from './status/status.ts';

export interface AdminOptions {
  readonly status: () => Status;
  readonly serving: ServingControls;
  /** Only in simulation. */
  readonly faults: FaultControls | undefined;
  readonly http: readonly { readonly host: string; readonly port: number }[];
  /** Path of the local socket; undefined: none. */
  readonly socket: string | undefined;
  readonly log: Logger;
}

export class AdminSide {
  readonly #options: AdminOptions;
  readonly #servers: FastifyInstance[] = [];

  constructor(options: AdminOptions) {
    this.#options = options;
  }

  /** Listens on all addresses; returns their URLs. @throws Error of one line where one can't be bound. */
  async start(): Promise<string[]> {
    const urls: string[] = [];
    for (const address of this.#options.http) {
      const server = await buildApi({ parts: this.#parts() });
      this.#servers.push(server);
      urls.push(await listenApi(server, address));
    }
    const { socket } = this.#options;
    if (socket !== undefined) {
      const server = await buildApi({ parts: [consoleActor, ...this.#parts()] });
      this.#servers.push(server);
      // Without it the page is still there.
      await listenSocket(server, socket).catch((error: Error) => this.#options.log.warn(error.message));
    }
    return urls;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#servers.map((server) => server.close()));
  }

  #parts(): ApiPart[] {
    const { status, serving, faults } = this.#options;
    return [
      (server) => statusRoutes(server, status),
      (server) => servingRoutes(server, serving),
      ...(faults ? [(server: FastifyInstance) => faultRoutes(server, faults)] : []),
      (server) => webFiles(server),
    ];
  }
}
