/** The settings of a board, changed again and again until its power goes, and looked for at the next start. */
import { ApiClient } from './api-client.ts';
import type { Subject } from './locking.ts';
import type { Machine } from './machine.ts';
import { delay, until } from './wait.ts';

/** Changes before the power may go, and how many more it may take. */
const AT_LEAST = 5;
const MORE = 5;
/** Longest time from then until it goes, ms: anywhere within a change. */
const THEN_MS = 300;

/** In the description of the one NTP server that is changed. */
export function countIn(text: string): number | undefined {
  const found = /change no\. (\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

export class ConfigWrites {
  readonly #port: number;
  #client: ApiClient | undefined;
  #done = 0;

  /** The board's management is reached by this port of this machine. */
  constructor(port: number) {
    this.#port = port;
  }

  /** The last change that was answered for, by its number. */
  get done(): number {
    return this.#done;
  }

  /** @throws Error before `begin`. */
  get api(): ApiClient {
    if (!this.#client) throw new Error('no token was made yet');
    return this.#client;
  }

  /** Makes the token by which the API is used from outside, once, and something to change. */
  async begin(machine: Machine): Promise<void> {
    if (this.#client) return;
    const said = await machine.run('timeball tokens add image-test --role admin', 120);
    const token = /\btb_\S+/.exec(said)?.[0];
    if (token === undefined) throw new Error(`no token: ${said.slice(-300)}`);
    this.#client = ApiClient.withToken(this.#port, token);
    await this.answers();
    const server = { address: '192.0.2.1', description: 'change no. 0' };
    const { status, body } = await this.api.send('POST', '/api/v1/servers', server);
    if (status !== 201) throw new Error(`no NTP server could be added: ${status} ${JSON.stringify(body)}`);
  }

  /** After a start of the service: the API comes up after the answers on NTP do. */
  async answers(): Promise<void> {
    const asked = () =>
      this.api.send('GET', '/api/v1/status').then(
        ({ status }) => status === 200,
        () => false,
      );
    await until('the API', 240, asked, 500);
  }

  /** As when somebody pulls the plug while settings are changed. */
  async untilCut({ machine, report, name }: Subject): Promise<void> {
    const enough = this.#done + AT_LEAST + Math.floor(Math.random() * MORE);
    const stopping = new AbortController();
    const writing = this.#write(stopping.signal);
    await until('changes of the settings', 120, () => this.#done >= enough, 10);
    await delay(Math.random() * THEN_MS);
    await machine.kill();
    stopping.abort();
    await writing;
    report.check(`${name}: the power goes while settings are written`, true, `after change ${this.#done}`);
  }

  async nothingLost({ report, name }: Subject): Promise<void> {
    await this.answers();
    const { body } = await this.api.send('GET', '/api/v1/servers/1');
    const count = countIn(JSON.stringify(body));
    // The last may have been written and not answered for.
    const whole = count === this.#done || count === this.#done + 1;
    report.check(`${name}: no setting is lost`, whole, `change ${count}, answered for: ${this.#done}`);
    this.#done = count ?? this.#done;
  }

  /** Change after change, each after the answer to the one before. */
  async #write(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const description = `change no. ${this.#done + 1}`;
      const answered = await this.api
        .send('PATCH', '/api/v1/servers/1', { description })
        .then(({ status }) => status === 200)
        .catch(() => false);
      if (!answered) return;
      this.#done++;
    }
  }
}
