/** Settings that are changed again and again, until the power goes. */
import type { ApiClient } from './api-client.ts';
import type { Machine } from './machine.ts';

/** In the description of the one NTP server that is changed. */
export function countIn(text: string): number | undefined {
  const found = /change no\. (\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

export interface Writing {
  /** The last change that was answered for, by its number. */
  readonly done: number;
  stop(): Promise<void>;
}

/** Makes the token by which the API is used from outside. @throws Error where none is given. */
export async function tokenFor(machine: Machine): Promise<string> {
  const said = await machine.run('timeball tokens add image-test --role admin', 120);
  const token = /\btb_\S+/.exec(said)?.[0];
  if (token === undefined) throw new Error(`no token: ${said.slice(-300)}`);
  return token;
}

export async function addServer(api: ApiClient): Promise<void> {
  const { status, body } = await api.send('POST', '/api/v1/servers', {
    address: '192.0.2.1',
    description: 'change no. 0',
  });
  if (status !== 201) throw new Error(`no NTP server could be added: ${status} ${JSON.stringify(body)}`);
}

/** Change after change, each after the answer to the one before. */
export function keepWriting(api: ApiClient, from: number): Writing {
  let done = from;
  let ended = false;
  const work = async () => {
    while (!ended) {
      const description = `change no. ${done + 1}`;
      const answered = await api
        .send('PATCH', '/api/v1/servers/1', { description })
        .then(({ status }) => status === 200)
        .catch(() => false);
      if (!answered) return;
      done++;
    }
  };
  const working = work();
  return {
    get done() {
      return done;
    },
    stop: () => {
      ended = true;
      return working;
    },
  };
}

export async function countNow(api: ApiClient): Promise<number | undefined> {
  const { body } = await api.send('GET', '/api/v1/servers/1');
  return countIn(JSON.stringify(body));
}
