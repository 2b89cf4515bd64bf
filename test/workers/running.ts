/** Answer threads for a test, ended after it. */
import { afterEach } from 'vitest';
import type { BoundAddress } from '../../hw/ports.ts';
import { decodeHeader, type NtpHeader } from '../../src/ntp/packet.ts';
import { AnswersHost, type AnswersOptions, type AnswersState } from '../../src/workers/answers-host.ts';
import { UdpClient } from '../hw/linux/udp-client.ts';
import { compiled, sharedClock } from './serving.ts';

export const entry = compiled('src/workers/answers.js');

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

/** Runs `close` after the test, behind what was asked for later. */
export function afterwards(close: () => unknown): void {
  cleanUp.push(close);
}

export interface Running {
  readonly host: AnswersHost;
  readonly bound: readonly BoundAddress[];
  /** Of the first socket. */
  readonly port: number;
  /** Resolves when a state matches, past ones since the start (or since `forget`) included. */
  until(matches: (state: AnswersState) => boolean): Promise<AnswersState>;
  forget(): void;
}

/** By default on 127.0.0.1, on a port that the kernel chooses. */
export async function run(options: Partial<AnswersOptions> = {}): Promise<Running> {
  let seen: AnswersState[] = [];
  let look = () => {};
  const onState = (state: AnswersState) => {
    seen.push(state);
    look();
  };
  const listen = [{ host: '127.0.0.1', port: 0 }];
  const host = new AnswersHost({ listen, ...sharedClock(), entry, ...options, onState });
  afterwards(() => host.stop());
  const bound = await host.start();
  const until = (matches: (state: AnswersState) => boolean) =>
    new Promise<AnswersState>((resolve) => {
      look = () => {
        const found = seen.find(matches);
        if (found) resolve(found);
      };
      look();
    });
  const forget = () => {
    seen = [];
  };
  return { host, bound, port: bound[0]?.port ?? 0, until, forget };
}

export async function askTime(
  address: string,
  port: number,
  from = address,
): Promise<NtpHeader & { readonly from: string }> {
  const client = await UdpClient.on(from);
  try {
    const answer = await client.ask(timeRequest(), port, address);
    return { ...decodeHeader(new DataView(Uint8Array.from(answer.bytes).buffer)), from: answer.address };
  } finally {
    client.close();
  }
}

/** Version 4, mode 3, with a transmit stamp to be recognised by. */
export function timeRequest(): Buffer {
  const request = Buffer.alloc(48);
  request[0] = 0x23;
  request.writeBigUInt64BE(0x0123456789abcdefn, 40);
  return request;
}
