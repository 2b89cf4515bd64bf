/** The appliance's API, asked from outside over its own certificate. */
import { request } from 'node:https';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const LONGEST_MS = 20_000;

export class ApiClient {
  readonly #port: number;
  readonly #token: string;

  constructor(port: number, token: string) {
    this.#port = port;
    this.#token = token;
  }

  /** Rejects where no answer comes. */
  send(method: string, path: string, body?: unknown): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(
        // It has made its certificate itself, and nobody has seen it yet.
        { host: '127.0.0.1', port: this.#port, path, method, headers, rejectUnauthorized: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString()) }),
          );
        },
      );
      asked.setTimeout(LONGEST_MS, () => asked.destroy(new Error(`${path}: no answer`)));
      asked.on('error', reject);
      asked.end(text);
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
