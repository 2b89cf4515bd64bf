/** The API of the settings, over files in a folder of a test's own. */
import type { FastifyInstance } from 'fastify';
import { allSettingsRoutes } from '../../src/api/all-settings-routes.ts';
import { buildApi } from '../../src/api/server.ts';
import type { BackupFile } from '../../src/settings/backup.ts';
import { settingsControls } from '../../src/settings/controls.ts';
import type { SettingsService } from '../../src/settings/settings.ts';
import { ANNA, Fixture } from '../settings/fixture.ts';
import { Scratch } from '../support/scratch.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind
  readonly body: any;
}

export class SettingsApi {
  readonly scratch: Scratch;
  readonly fixture: Fixture;
  readonly settings: SettingsService;
  readonly server: FastifyInstance;

  private constructor(
    scratch: Scratch,
    fixture: Fixture,
    settings: SettingsService,
    server: FastifyInstance,
  ) {
    this.scratch = scratch;
    this.fixture = fixture;
    this.settings = settings;
    this.server = server;
  }

  static async start(
    text = '',
    files: (folder: string) => readonly BackupFile[] = () => [],
  ): Promise<SettingsApi> {
    const scratch = new Scratch({ 'timeball.yaml': text });
    const fixture = new Fixture(scratch.path);
    const settings = await fixture.open();
    const controls = settingsControls(settings, files(scratch.path), '0.1.0');
    const asAnna = (server: FastifyInstance) => {
      server.decorateRequest('actor');
      server.addHook('onRequest', async (request) => {
        request.actor = ANNA;
      });
    };
    const server = await buildApi({ parts: [asAnna, (api) => allSettingsRoutes(api, controls)] });
    return new SettingsApi(scratch, fixture, settings, server);
  }

  async ask(method: string, path: string, payload?: unknown, ifMatch?: string): Promise<Answer> {
    const answer = await this.server.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
      ...(payload !== undefined && { payload: payload as object }),
    });
    const isJson = /json/.test(String(answer.headers['content-type']));
    const body = isJson ? answer.json() : answer.rawPayload;
    return { status: answer.statusCode, headers: answer.headers, body };
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.settings.close();
    this.scratch.dispose();
  }
}
