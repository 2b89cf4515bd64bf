/** Several threads, and threads that die or hang. */
import { closeSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { EventFd } from '../../hw/linux/event-fd.ts';
import { type SocketCalls, socketCalls } from '../../hw/linux/socket-calls.ts';
import { AnswersHost } from '../../src/workers/answers-host.ts';
import { until } from '../support/until.ts';
import { BusyClients } from './busy-clients.ts';
import { descriptorsOf } from './descriptors.ts';
import { afterwards, askTime, entry, run } from './running.ts';
import { sharedClock } from './serving.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('several threads share a port, and the clients', async () => {
  const { host, bound, port } = await run({ workers: 4 });
  expect(bound).toHaveLength(1);
  expect(descriptorsOf(port)).toHaveLength(4);
  const clients = await BusyClients.start(64, port);
  await clients.reach(2_000);
  await clients.finish();
  const each = host.countersByThread().map(({ served }) => served);
  expect(each).toHaveLength(4);
  expect(Math.min(...each)).toBeGreaterThan(0); // 64 clients in 4 parts: none is empty, but in one of 10⁷ runs
  expect(each.reduce((sum, count) => sum + count)).toBe(clients.answers);
  expect(host.counters().served).toBe(clients.answers);
});

test('a second instance is refused, however many threads the two have', async () => {
  const { port } = await run({ workers: 2 });
  const listen = [{ host: '127.0.0.1', port }];
  const second = new AnswersHost({ listen, ...sharedClock(), entry, workers: 2 });
  afterwards(() => second.stop());
  const message = `another program serves NTP on 127.0.0.1:${port}: stop it or choose another port with --ntp`;
  await expect(second.start()).rejects.toThrow(message);
  expect(second.state()).toMatchObject({ state: 'failed', reason: message });
});

test('one of two dies: the other serves on, and the one is replaced, with a socket', async () => {
  const { host, port, until: untilState } = await run({ workers: 2 });
  const clients = await BusyClients.start(32, port);
  await clients.reach(200);
  closeSync(descriptorsOf(port)[0] as number);
  const failed = await untilState(({ state }) => state === 'failed');
  expect(failed.reason).toMatch(
    /^answer thread [12] of 2 died: .*closed underneath.*; starting it again in 0.1 s$/,
  );
  const before = clients.answers;
  await clients.reach(before + 200); // whoever had asked the socket that is gone waits for ever; the others go on
  await untilState(({ state, restarts }) => state === 'open' && restarts === 1);
  expect(descriptorsOf(port)).toHaveLength(2);
  const more = await BusyClients.start(32, port);
  await more.reach(200);
  await more.finish();
  clients.abandon();
  const answered = clients.answers + more.answers;
  expect(host.counters().served).toBeGreaterThanOrEqual(answered);
});

test('a thread that hangs is told of, given up, and another serves', async () => {
  const hanging = new URL('./hanging-answers.mjs', import.meta.url);
  const { host, port, until: untilState } = await run({ entry: hanging, heartbeatEvery: 250 });
  const answer = askTime('127.0.0.1', port); // waits in the socket
  const failed = await untilState(({ state }) => state === 'failed');
  expect(failed.reason).toBe('the answer thread hangs: no sign of life for 5 s; starting it again in 0.1 s');
  expect((await answer).stratum).toBe(1);
  expect(host.state()).toMatchObject({ state: 'open', reason: '', restarts: 1 });
});

test('three that hang are not followed by a fourth until they end; new settings do not wait for them', async () => {
  const hanging = new URL('./hanging-thrice.mjs', import.meta.url);
  const end = new EventFd(socketCalls().calls as SocketCalls);
  afterwards(() => end.close());
  vi.stubEnv('HANGS_UNTIL', String(end.fd));
  const { host, port, until: untilState, forget } = await run({ entry: hanging, heartbeatEvery: 250 });
  // Whatever becomes of the test: a process with a thread that hangs never ends.
  afterwards(() => end.signal());
  const why = 'the answer thread hangs: no sign of life for 5 s, like 2 before it: start the program again';
  await untilState(({ reason }) => reason === why);
  await host.apply(sharedClock().settings);
  expect(host.state()).toMatchObject({ state: 'failed', reason: why });
  forget();
  end.signal();
  await untilState(({ state }) => state === 'open');
  expect((await askTime('127.0.0.1', port)).stratum).toBe(1);
  expect(host.state()).toMatchObject({ state: 'open', reason: '', restarts: 3 });
});

test('threads that have nothing to do show that they live', async () => {
  const { host, port } = await run({ workers: 2, heartbeatEvery: 210 });
  const dgram = await run({ useDgram: true, heartbeatEvery: 210 });
  const begin = performance.now();
  await until('1.5 s gone by', () => performance.now() - begin > 1_500 || undefined);
  expect(host.state()).toMatchObject({ state: 'open', restarts: 0 });
  expect(dgram.host.state()).toMatchObject({ state: 'open', restarts: 0 });
  expect((await askTime('127.0.0.1', port)).stratum).toBe(1);
});
