/** The update routes over real files, a real HTTP server on loopback and a real helper behind its socket. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, request as httpRequest } from 'node:http';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { buildApi } from '../../src/api/server.ts';
import { updateRoutes } from '../../src/api/update-routes.ts';
import { serveHelper } from '../../src/system/helper-server.ts';
import { socketHelper } from '../../src/system/socket-helper.ts';
import type { HelperRequest, HelperResult } from '../../src/system/system-helper.ts';
import type { UpdateRecord } from '../../src/update/update-status.ts';
import type { ShelfLimits } from '../../src/update-bundle.ts';
import { UpdateSide } from '../../src/update-side.ts';
import { ANN, recordSide } from '../support/record-side.ts';
import { Scratch } from '../support/scratch.ts';
import { BundleMaker } from '../support/update-bundle.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export const A_RECORD: UpdateRecord = {
  state: 'trial',
  version: '0.2.0',
  from: '0.1.0',
  slot: 'b',
  at: '2026-06-01T12:00:00Z',
  reason: '',
  baseline: { locked: true, boundSeconds: 1e-6 },
  deadlineSeconds: 900,
};

export class UpdateWorld {
  readonly scratch = new Scratch();
  readonly maker = new BundleMaker(this.scratch);
  readonly state = this.scratch.write('state/', '');
  readonly record = join(this.scratch.path, 'state.json');
  /** What the helper was asked. */
  readonly asked: HelperRequest[] = [];
  /** What it does. */
  perform: (request: HelperRequest) => Promise<HelperResult> = async () => ({ done: true, text: 'done' });
  limits: ShelfLimits = { largest: 4_000_000, freeBytes: async () => undefined, idleMs: 30_000 };
  records = recordSide({ directory: this.state });
  #helper: Server | undefined;
  #side: UpdateSide | undefined;
  #server: FastifyInstance | undefined;
  #port = 0;

  get side(): UpdateSide {
    if (!this.#side) throw new Error('not open yet');
    return this.#side;
  }

  get timers() {
    return this.records.timers;
  }

  /** `helper`: whether there is one. */
  async open({ helper = true, keys = this.maker.keys as string | undefined } = {}): Promise<void> {
    const path = join(this.scratch.path, 'helper.sock');
    const perform = async (request: HelperRequest) => {
      this.asked.push(request);
      return this.perform(request);
    };
    if (helper) this.#helper = await serveHelper({ path, group: undefined, perform, log: () => {} });
    const { side, timers, log } = this.records;
    this.#side = new UpdateSide({
      ...{ mode: 'hardware', stateDirectory: this.state, keys, record: this.record, limits: this.limits },
      ...{ helper: socketHelper(path), audit: side.audit, events: side.events, timers, log },
    });
    this.#server = await buildApi({
      parts: [
        (server) => {
          server.decorateRequest('actor', undefined);
          server.addHook('onRequest', async (request) => {
            request.actor = ANN;
          });
        },
        (server) => updateRoutes(server, this.side),
      ],
    });
    this.#port = Number(new URL(await this.#server.listen({ host: '127.0.0.1', port: 0 })).port);
  }

  /** As a restart does: what is in memory is gone. */
  async reopen(): Promise<void> {
    await this.#close();
    await this.records.side.stop();
    this.records = recordSide({ directory: this.state });
    await this.open();
  }

  async close(): Promise<void> {
    await this.#close();
    await this.records.side.stop();
    this.scratch.dispose();
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const { answer, request } = this.begin(method, path, { 'content-type': 'application/json' });
    request.end(body === undefined ? undefined : JSON.stringify(body));
    return answer;
  }

  put(file: string): Promise<Answer> {
    const bytes = readFileSync(file);
    const { answer, request } = this.beginPut(bytes.length);
    request.end(bytes);
    return answer;
  }

  /** `size`: what is declared; undefined: nothing is. */
  beginPut(size?: number) {
    return this.begin('PUT', '/bundle', {
      'content-type': 'application/octet-stream',
      ...(size !== undefined && { 'content-length': String(size) }),
    });
  }

  /** A request whose body is still to be sent. `answer` rejects where the connection breaks. */
  begin(
    method: string,
    path: string,
    headers: Record<string, string>,
  ): { readonly request: ClientRequest; readonly answer: Promise<Answer> } {
    const about = { host: '127.0.0.1', port: this.#port, path: `/api/v1/system/update${path}` };
    const request = httpRequest({ ...about, method, headers });
    const answer = new Promise<Answer>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) }),
        );
      });
    });
    answer.catch(() => {});
    return { request, answer };
  }

  /** Texts of events of this type, the oldest first. */
  events(type: string): string[] {
    const { items } = this.records.side.events.list({ limit: 1000, offset: 0 });
    return items.flatMap((item) => (item.type === type ? item.text : [])).reverse();
  }

  tell(record: Partial<UpdateRecord>): void {
    this.scratch.write('state.json', JSON.stringify({ ...A_RECORD, ...record }));
  }

  async #close(): Promise<void> {
    this.#side?.stop();
    await this.#server?.close();
    await new Promise((resolve) => (this.#helper ? this.#helper.close(resolve) : resolve(undefined)));
    this.#helper = undefined;
  }
}
