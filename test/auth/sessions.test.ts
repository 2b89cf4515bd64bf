import { describe, expect, test } from 'vitest';
import { Sessions } from '../../src/auth/sessions.ts';

function world() {
  const clock = { now: 5000 };
  return { clock, sessions: new Sessions(() => clock.now) };
}

function login(sessions: Sessions, userId = 1) {
  return sessions.create({
    userId,
    credential: 'c',
    createdAt: '2026-12-01T00:00:00.000Z',
    address: '::1',
    agent: '',
  });
}

describe('sessions', () => {
  test('are found by their secret alone, which is not kept', () => {
    const { sessions } = world();
    const { session, secret } = login(sessions);
    expect(sessions.find(secret)?.id).toBe(session.id);
    expect(sessions.find(session.hash)).toBeUndefined();
    expect(sessions.find('')).toBeUndefined();
    expect(JSON.stringify(sessions.save())).not.toContain(secret);
    expect(secret).toMatch(/^[\w-]{43}$/);
  });

  test('end after half an hour without a request', () => {
    const { clock, sessions } = world();
    const { session, secret } = login(sessions);
    clock.now += 1799;
    expect(sessions.secondsLeft(session.id)).toBe(1);
    sessions.touch(session.id);
    clock.now += 1799;
    expect(sessions.find(secret)).toBeDefined();
    clock.now += 1;
    expect(sessions.find(secret)).toBeUndefined();
    sessions.touch(session.id);
    expect(sessions.find(secret)).toBeUndefined();
  });

  test('end after twelve hours, however busy', () => {
    const { clock, sessions } = world();
    const { session, secret } = login(sessions);
    for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
      clock.now += 600;
      sessions.touch(session.id);
    }
    expect(sessions.find(secret)).toBeDefined();
    clock.now += 600;
    expect(sessions.find(secret)).toBeUndefined();
    expect(sessions.list()).toEqual([]);
  });

  test('go on after a restart with the time that they have left', () => {
    const before = world();
    const { secret } = login(before.sessions);
    before.clock.now += 1000;
    const { lastId, sessions: saved } = before.sessions.save();
    const after = world();
    after.clock.now = 3;
    after.sessions.restore(lastId, JSON.parse(JSON.stringify(saved)), 20);
    expect(after.sessions.find(secret)?.userId).toBe(1);
    after.clock.now += 1800 - 1000 - 20;
    expect(after.sessions.find(secret)).toBeUndefined();
  });

  test('have numbers that are not given again', () => {
    const before = world();
    const ids = [login(before.sessions), login(before.sessions)].map(({ session }) => session.id);
    before.sessions.end(ids[1] ?? 0);
    const after = world();
    const { lastId, sessions: saved } = before.sessions.save();
    after.sessions.restore(lastId, saved, 0);
    expect([...ids, login(after.sessions).session.id]).toEqual([1, 2, 3]);
  });

  test('of one user are at most 16, of all 256: the oldest make room', () => {
    const { sessions } = world();
    const first = login(sessions, 1);
    for (let n = 0; n < 16; n++) login(sessions, 1);
    expect(sessions.find(first.secret)).toBeUndefined();
    expect(sessions.list()).toHaveLength(16);
    for (let user = 2; user < 40; user++) for (let n = 0; n < 16; n++) login(sessions, user);
    expect(sessions.list()).toHaveLength(256);
  });

  test('of one user end together, but for one', () => {
    const { sessions } = world();
    const [a, b, other] = [login(sessions, 1), login(sessions, 1), login(sessions, 2)];
    expect(sessions.endOf(1, b.session.id)).toBe(1);
    expect([a, b, other].map(({ secret }) => sessions.find(secret) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    expect(sessions.end(b.session.id)).toBe(true);
    expect(sessions.end(b.session.id)).toBe(false);
  });
});
