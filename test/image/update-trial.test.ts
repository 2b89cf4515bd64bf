/** The trial of a new system in virtual time, and what is made of its record afterwards. */
import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activeSeconds, type Health, isGlobal, lookAtBaseline } from '../../image/guest/update-health.ts';
import { settled, writeUpdateRecord } from '../../image/guest/update-record.ts';
import { boundLimit, lacking, trial } from '../../image/guest/update-trial.ts';
import {
  type Baseline,
  readUpdateRecord,
  type UpdateRecord,
  type UpdateState,
} from '../../src/update/update-status.ts';
import { Scratch } from '../support/scratch.ts';

const scratch = new Scratch();
afterAll(() => scratch.dispose());

const LOCKED = { locked: true, boundSeconds: 20e-6 };
const UNLOCKED = { locked: false, boundSeconds: null };
const GOOD: Health = { activeSeconds: 100, clock: LOCKED };

test.each([
  [null, 0.01],
  [1e-6, 0.001],
  [100e-6, 0.001],
  [500e-6, 0.005],
  [2e-3, 0.01],
  [9e-3, 0.01],
  [50e-3, 0.05],
])('a bound of %s s before lets one of %s s be good', (before, limit) =>
  expect(boundLimit({ locked: true, boundSeconds: before })).toBeCloseTo(limit, 9),
);

const REACHED = { ...LOCKED, served: true, addressed: true };

test.each<[Health, Baseline, RegExp]>([
  [GOOD, LOCKED, /^$/],
  [{ ...GOOD, clock: UNLOCKED }, UNLOCKED, /^$/],
  [{ ...GOOD, clock: UNLOCKED }, LOCKED, /not locked, which it was before/],
  [{ ...GOOD, clock: { locked: true, boundSeconds: 0.0011 } }, LOCKED, /bound is 1\.10 ms, above 1\.00 ms/],
  [{ ...GOOD, clock: { locked: true, boundSeconds: null } }, LOCKED, /bound is unknown/],
  [{ ...GOOD, clock: undefined }, UNLOCKED, /does not answer/],
  [{ ...GOOD, clock: REACHED }, REACHED, /^$/],
  [{ ...GOOD, clock: { ...REACHED, served: false } }, REACHED, /page is not served, which it was before/],
  [{ ...GOOD, clock: { ...REACHED, addressed: false } }, REACHED, /no address of its network/],
  [{ ...GOOD, clock: { ...UNLOCKED, served: false } }, { ...UNLOCKED, served: true }, /page is not served/],
  [
    { ...GOOD, clock: { ...LOCKED, served: false, addressed: false } },
    { ...LOCKED, served: false, addressed: false },
    /^$/,
  ],
  // A record of a version that did not look at these.
  [{ ...GOOD, clock: { ...LOCKED, served: false, addressed: false } }, LOCKED, /^$/],
  [{ ...GOOD, clock: LOCKED }, REACHED, /^$/],
  [{ ...GOOD, activeSeconds: 59.9 }, UNLOCKED, /restarts again/],
  [{ ...GOOD, activeSeconds: undefined }, UNLOCKED, /does not run/],
])('%j with %j before', (health, baseline, why) => expect(lacking(health, baseline)).toMatch(why));

describe('a trial', () => {
  /** Returns its end, and when that was. */
  async function run(healthAt: (seconds: number) => Health, deadlineSeconds = 900, baseline = LOCKED) {
    let now = 0;
    const failure = await trial({
      ...{ baseline, deadlineSeconds, look: async () => healthAt(now), seconds: () => now },
      wait: async (seconds) => {
        now += seconds;
      },
    });
    return { failure, now };
  }
  const from = (start: number) => (now: number) => (now >= start ? GOOD : { ...GOOD, clock: UNLOCKED });

  test('is passed by a system that is well', async () =>
    expect(await run(from(0))).toEqual({ failure: '', now: 20 }));
  test('waits for the lock', async () => expect(await run(from(600))).toEqual({ failure: '', now: 620 }));
  test('is failed at the deadline', async () => {
    const { failure, now } = await run(from(1000));
    expect(failure).toBe('the clock is not locked, which it was before after 900 s of trial');
    expect(now).toBe(900);
  });
  test('is not passed by a lock that comes and goes', async () => {
    const { failure } = await run((now) => (now % 30 === 0 ? { ...GOOD, clock: UNLOCKED } : GOOD));
    expect(failure).toMatch(/after 900 s/);
  });
  test('ends before the limit of its unit, whatever the record says', async () =>
    expect((await run(from(1e9), 1e9)).now).toBe(1080));
});

test.each([
  ['ActiveState=active\nActiveEnterTimestampMonotonic=5000000\n', 65],
  ['ActiveEnterTimestampMonotonic=69500000\nActiveState=active\n', 0.5],
  ['ActiveState=activating\nActiveEnterTimestampMonotonic=5000000\n', undefined],
  ['ActiveState=failed\nActiveEnterTimestampMonotonic=0\n', undefined],
  ['', undefined],
])('the service after 70 s: %j', (shown, seconds) => expect(activeSeconds(shown, 70)).toBe(seconds));

test.each([
  ['192.0.2.1', false, true],
  ['fd00::1', false, true],
  ['2001:db8::fe80', false, true],
  ['169.254.7.7', false, false],
  ['fe80::1', false, false],
  ['febf::1', false, false],
  ['127.0.0.1', true, false],
])('%s, internal %s: reaches further %s', (address, internal, global) =>
  expect(isGlobal({ address, internal })).toBe(global),
);

describe('the clock', () => {
  let server: Server;
  let answer = '';
  const socket = join(scratch.path, 'control.sock');
  beforeAll(async () => {
    server = createServer((_, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });
  afterAll(() => void server.close());

  test('is asked over the socket', async () => {
    answer = JSON.stringify({ state: 'locked', clock: { errorBoundNs: 12_000 } });
    const addressed = Object.values(networkInterfaces())
      .flat()
      .some((one) => one && isGlobal(one));
    expect(await lookAtBaseline(socket)).toEqual({
      ...{ locked: true, boundSeconds: 12e-6, served: false, addressed },
    });
    answer = JSON.stringify({
      state: 'freerun',
      clock: { errorBoundNs: null },
      management: { listening: ['[::]:443'] },
    });
    expect(await lookAtBaseline(socket)).toMatchObject({ ...UNLOCKED, served: true });
  });
  test.each([
    ['locked', 0.5, true],
    ['holdover', 12, true],
    ['holdover', 299, true],
    ['holdover', 300, false],
    ['holdover', null, false],
    ['acquiring', 0.5, false],
    ['expired', 12, false],
  ])('%s, %s s after an edge, was locked: %s', async (state, secondsSinceSample, locked) => {
    answer = JSON.stringify({ state, clock: { errorBoundNs: 12_000 }, reference: { secondsSinceSample } });
    expect(await lookAtBaseline(socket)).toMatchObject({ locked });
  });
  test('that does not answer, or nonsense, is none', async () => {
    answer = 'x';
    expect(await lookAtBaseline(socket)).toBeUndefined();
    expect(await lookAtBaseline(join(scratch.path, 'none.sock'))).toBeUndefined();
  });
});

describe('the record', () => {
  const record = (state: UpdateState, reason = ''): UpdateRecord => ({
    ...{ state, version: '2.0.0', from: '1.0.0', slot: 'b', at: 'then', reason },
    ...{ baseline: LOCKED, deadlineSeconds: 900 },
  });

  test.each<[UpdateRecord | undefined, 'a' | 'b', Partial<UpdateRecord> | undefined]>([
    [undefined, 'a', undefined],
    [record('kept'), 'a', undefined],
    [record('refused', 'x'), 'a', undefined],
    [record('rolled-back', 'the clock'), 'a', undefined],
    [
      record('trial'),
      'a',
      { state: 'rolled-back', reason: expect.stringMatching(/did not start.*slot a goes on/) },
    ],
    [record('trial', 'known'), 'a', { state: 'rolled-back', reason: 'known' }],
    [record('trial'), 'b', { state: 'kept', reason: '' }],
    [
      record('installing'),
      'a',
      { state: 'refused', reason: expect.stringMatching(/interrupted: start it again/) },
    ],
  ])('%j in slot %s', (before, running, after) =>
    expect(settled(before, running, 'now')).toEqual(after && { ...before, ...after, at: 'now' }),
  );

  test('is written for everyone to read', async () => {
    const path = join(scratch.path, 'update/state.json');
    await writeUpdateRecord(record('kept'), path);
    expect(readUpdateRecord(path)).toEqual(record('kept'));
    const reached = { ...record('trial'), baseline: REACHED };
    await writeUpdateRecord(reached, path);
    expect(readUpdateRecord(path)).toEqual(reached);
  });
});
