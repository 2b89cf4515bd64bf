/**
 * Our responder as a process of its own, so that its CPU time and memory are its own: `node serve-answers.js JSON`.
 * Prints its port on the first line; for each line it reads, one with a report. Ends with its input.
 */
import { createInterface } from 'node:readline';
import { loadKeyFile } from '../../src/access/keys/key-file.ts';
import { compilePolicy } from '../../src/access/policy.ts';
import { ClientReader } from '../../src/ntp/clients/client-list.ts';
import type { ServingSettings } from '../../src/ntp/service.ts';
import { AnswersHost, type AnswersOptions } from '../../src/workers/answers-host.ts';
import { compiled, sharedClock } from '../workers/serving.ts';
import { ACCESS_PREFIXES } from './access-prefixes.ts';

export interface ServeOptions {
  /** Address to serve; default 127.0.0.1. */
  readonly host?: string;
  /** Through Node's dgram instead of batches. */
  readonly useDgram?: boolean;
  readonly keyFile?: string;
  /** Of the rule for everyone; default: a limit that does not bite. */
  readonly rateLimit?: { readonly interval: number; readonly burst: number; readonly leak: number };
}

export interface ServeReport {
  readonly counters: Readonly<Record<string, number>>;
  readonly kernelDrops: number;
  readonly clients: number;
  /** Of those, in 127.0.0.0/8. */
  readonly loopbackClients: number;
}

const WIDE = { interval: 0.001, burst: 1000, leak: 0 };

/** Everything on: 10,000 rules, one that limits every source of the bench, the table of clients, keys if any. */
function servingOptions({ host = '127.0.0.1', useDgram = false, keyFile, rateLimit = WIDE }: ServeOptions) {
  const serve = (prefix: string) => ({ prefix, action: 'serve' as const });
  const sources = ['127.0.0.0/8', '10.0.0.0/8'].map((prefix) => ({ ...serve(prefix), rateLimit }));
  const rules = [...ACCESS_PREFIXES.map(serve), ...sources];
  const policy = compilePolicy({ rules, rateLimit: { interval: 0.25, burst: 32, leak: 16 } }, []).table;
  const keys = keyFile === undefined ? [] : loadKeyFile(keyFile).keys;
  const settings: ServingSettings = { policy, keys };
  const entry = compiled('src/workers/answers.js');
  return {
    ...sharedClock(),
    listen: [{ host, port: 0 }],
    settings,
    entry,
    useDgram,
  } satisfies AnswersOptions;
}

async function main(): Promise<void> {
  const options = servingOptions(JSON.parse(process.argv[2] ?? '{}') as ServeOptions);
  const host = new AnswersHost(options);
  const [bound] = await host.start();
  process.stdout.write(`${bound?.port}\n`);
  const clients = new ClientReader(options.tables.clients);
  for await (const _ of createInterface({ input: process.stdin })) {
    const { total, matched } = clients.list({ text: '127.0.0.0/8', limit: 0 });
    const report: ServeReport = {
      counters: host.counters(),
      kernelDrops: host.kernelDrops(),
      clients: total,
      loopbackClients: matched,
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  }
  await host.stop();
}

await main();
