/** New settings and new sockets while requests keep coming: none may be lost. */
import { expect, test } from 'vitest';
import { compilePolicy } from '../../src/access/policy.ts';
import type { ServingSettings } from '../../src/ntp/service.ts';
import type { ListenEntry } from '../../src/workers/endpoints.ts';
import { until } from '../support/until.ts';
import { BusyClients } from './busy-clients.ts';
import { askTime, run } from './running.ts';

/** Everybody is served, or nobody; `spare` rules before make each image another. */
function settings(action: 'serve' | 'ignore', spare = 0): ServingSettings {
  const others = Array.from({ length: spare }, (_, i) => ({
    prefix: `192.0.2.${i % 256}`,
    action: 'ignore' as const,
  }));
  const rules = [...others, { prefix: 'any', action, rateLimit: 'off' as const }];
  const access = { rules, rateLimit: { interval: 0, burst: 1, leak: 0 } };
  return { policy: compilePolicy(access, []).table, keys: [] };
}

test.each([1, 2])(
  '10,000 requests, settings and sockets changed all the while, %i thread(s)',
  async (workers) => {
    const { host, port } = await run({ workers });
    const clients = await BusyClients.start(64, port);
    const narrow = { host: '127.0.0.1', port };
    const lists: ListenEntry[][] = [
      [{ host: '0.0.0.0', port }], // in place of the narrow one
      [narrow, { host: '127.0.0.2', port: 0 }],
      [narrow],
    ];
    let rounds = 0;
    while (clients.answers < 10_000) {
      await host.apply(settings('serve', 1 + (rounds % 100)));
      await host.listenOn(lists[rounds % lists.length] as ListenEntry[]);
      rounds++;
    }
    await clients.finish(); // would wait for ever for an answer that is lost
    expect(rounds).toBeGreaterThan(2);
    expect(host.counters()).toMatchObject({ served: clients.answers, 'send-failed': 0 });
    expect(host.kernelDrops()).toBe(0);
    expect(host.state()).toMatchObject({ state: 'open', reason: '', restarts: 0 });
  },
);

test.each([
  { name: 'batches', useDgram: false },
  { name: 'dgram', useDgram: true },
])('when apply resolves, every thread serves by the new settings: $name', async ({ useDgram }) => {
  const { host, port } = await run({ workers: 2, useDgram });
  expect((await askTime('127.0.0.1', port)).stratum).toBe(1);
  await host.apply(settings('ignore'));
  const silent = await BusyClients.start(20, port); // on either thread
  await until('20 requests denied', () => host.counters().denied === 20 || undefined);
  await host.apply(settings('serve'));
  await askTime('127.0.0.1', port);
  expect(silent.answers).toBe(0);
  expect(host.counters().served).toBe(2);
});

test('settings that come while no thread lives are those of the next', async () => {
  const dying = new URL('./dying-answers.mjs', import.meta.url);
  const { host, port, until: untilState } = await run({ entry: dying });
  await untilState(({ state }) => state === 'failed');
  await host.apply(settings('ignore'));
  await untilState(({ state, restarts }) => state === 'open' && restarts === 1);
  const silent = await BusyClients.start(1, port);
  await until('a request denied', () => host.counters().denied === 1 || undefined);
  await host.apply(settings('serve'));
  await askTime('127.0.0.1', port);
  expect(silent.answers).toBe(0);
});

test('an apply that a stop overtakes resolves', async () => {
  const dying = new URL('./dying-answers.mjs', import.meta.url);
  const { host, until: untilState } = await run({ entry: dying });
  await untilState(({ state }) => state === 'failed');
  const applied = host.apply(settings('serve'));
  await host.stop();
  await applied;
  expect(host.state().state).toBe('closed');
});
