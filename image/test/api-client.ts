/** The appliance's API, asked from outside over its own certificate. */
import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly cookies: readonly string[];
}

const LONGEST_MS = 20_000;
/** Of the administrator that a claim makes. */
const NAME = 'admin';
const PASSWORD = 'a-password-for-this-test';

export class ApiClient {
  readonly #port: number;
  readonly #credentials: Readonly<Record<string, string>>;

  /** `credentials`: headers that say who asks. */
  private constructor(port: number, credentials: Readonly<Record<string, string>>) {
    this.#port = port;
    this.#credentials = credentials;
  }

  static withToken(port: number, token: string): ApiClient {
    return new ApiClient(port, { authorization: `Bearer ${token}` });
  }

  /** Makes the first administrator, as who it asks from then on. @throws Error where the code is not taken. */
  static async claim(port: number, code: string): Promise<ApiClient> {
    const claim = { code, name: NAME, password: PASSWORD };
    const { status, body, cookies } = await new ApiClient(port, {}).send('POST', '/api/v1/claim', claim);
    if (status !== 201) throw new Error(`not claimed: ${status} ${JSON.stringify(body)}`);
    return new ApiClient(port, { cookie: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; ') });
  }

  /** Rejects where no answer comes. */
  send(method: string, path: string, body?: unknown): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = this.#request(
        method,
        path,
        text === undefined ? {} : { 'content-type': 'application/json' },
      );
      asked.setTimeout(LONGEST_MS, () => asked.destroy(new Error(`${path}: no answer`)));
      asked.on('response', (response) => read(response).then(resolve, reject));
      asked.on('error', reject);
      asked.end(text);
    });
  }

  /** Puts a file as it is. */
  upload(path: string, file: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asked = this.#request('PUT', path, {
        'content-type': 'application/octet-stream',
        'content-length': String(statSync(file).size),
      });
      asked.on('response', (response) => read(response).then(resolve, reject));
      asked.on('error', reject);
      createReadStream(file, { highWaterMark: 1 << 20 }).pipe(asked);
    });
  }

  #request(method: string, path: string, headers: Readonly<Record<string, string>>) {
    return request({
      ...{ host: '127.0.0.1', port: this.#port, path, method },
      headers: { ...this.#credentials, ...headers },
      // It has made its certificate itself, and nobody has seen it yet.
      rejectUnauthorized: false,
    });
  }
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    body: parse(Buffer.concat(chunks).toString()),
    cookies: response.headers['set-cookie'] ?? [],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
