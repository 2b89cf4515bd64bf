import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accountsFlaw } from '../../src/auth/account-file.ts';
import { Scratch } from '../support/scratch.ts';
import { ADMIN, always, claim, done, HERE, PASSWORD, refused, World } from './support.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

describe('claiming', () => {
  test('the first start makes a code, which works once', async () => {
    const world = new World(scratch.path);
    const auth = world.auth();
    const code = done(await auth.claimCode.prepare(undefined)) ?? '';
    expect(code).toMatch(/^[CDFGHJKMNPQRTVWXY34679]{4}-[CDFGHJKMNPQRTVWXY34679]{4}$/);
    expect(refused(await auth.claim(HERE, 'XXXX-XXXX', 'ada', PASSWORD)).kind).toBe('forbidden');
    const login = done(await auth.claim(HERE, code.toLowerCase().replace('-', ' '), 'ada', PASSWORD));
    expect(login.user).toEqual({ id: 1, name: 'ada', role: 'admin' });
    expect(auth.bySession(login.secret, true)?.user.name).toBe('ada');
    expect(refused(await auth.claim(HERE, code, 'eve', PASSWORD)).kind).toBe('conflict');
    expect(world.events.map(({ type }) => type)).toEqual(['login-failed', 'claimed']);
    expect(world.audit.map(({ action }) => action)).toEqual(['claim.refused', 'appliance.claim']);
  });

  test('a weak password uses no code up', async () => {
    const auth = new World().auth();
    const code = done(await auth.claimCode.renew());
    expect(refused(await auth.claim(HERE, code, 'ada', 'short'))).toMatchObject({
      kind: 'invalid',
      field: 'password',
    });
    expect(done(await auth.claim(HERE, code, 'ada', PASSWORD)).user.name).toBe('ada');
  });

  test('two at once: one gets it', async () => {
    const auth = new World().auth();
    const code = done(await auth.claimCode.renew());
    const both = await Promise.all(['ada', 'eve'].map((name) => auth.claim(HERE, code, name, PASSWORD)));
    expect(both.map((outcome) => 'done' in outcome)).toEqual([true, false]);
  });

  test('the code of the boot partition takes the place of a made one; a restart makes no other', async () => {
    const world = new World(scratch.path);
    expect(done(await world.auth().claimCode.prepare('k7-long-enough'))).toBeUndefined();
    expect(done(await world.auth().claimCode.prepare(undefined))).toBeUndefined();
    expect(done(await world.auth().claim(HERE, 'K7 long enough', 'ada', PASSWORD)).user.name).toBe('ada');
    expect(refused(await new World().auth().claimCode.prepare('short')).kind).toBe('invalid');
  });

  test('guessing codes is held back', async () => {
    const world = new World();
    const auth = world.auth();
    done(await auth.claimCode.renew());
    const kinds: string[] = [];
    for (let n = 0; n < 7; n++)
      kinds.push(refused(await auth.claim({ ...HERE, address: `10.0.0.${n}` }, 'x', 'a', 'b')).kind);
    expect(kinds).toEqual([...Array(5).fill('forbidden'), 'limited', 'limited']);
    expect(world.events.filter(({ type }) => type === 'login-limited')).toHaveLength(1);
  });
});

describe('logging in', () => {
  test('wrong names and wrong passwords are not told apart', async () => {
    const world = new World();
    const auth = await world.claimed();
    const wrong = refused(await auth.login(HERE, 'ada', 'wrong password'));
    expect(refused(await auth.login(HERE, 'my secret typed here', PASSWORD))).toEqual(wrong);
    expect(wrong).toEqual({ kind: 'unauthenticated', detail: 'the name or the password is wrong' });
    expect(JSON.stringify([world.audit, world.events])).not.toContain('my secret typed here');
  });

  test('is held back after failures, from everywhere, and free again later', async () => {
    const world = new World();
    const auth = await world.claimed();
    for (let n = 0; n < 5; n++)
      await auth.login({ ...HERE, address: `10.0.0.${n}` }, 'ada', 'wrong password');
    const held = refused(await auth.login({ ...HERE, address: '10.0.0.9' }, 'ada', PASSWORD));
    expect(held).toEqual({
      kind: 'limited',
      detail: 'too many failed attempts: try again in 1 s',
      retryAfterSeconds: 1,
    });
    world.pass(1);
    expect(done(await auth.login({ ...HERE, address: '10.0.0.9' }, 'ada', PASSWORD)).user.name).toBe('ada');
  });

  test('lasts over a restart, and ends with the password', async () => {
    const world = new World(scratch.path);
    const { secret } = await claim(world.auth());
    const after = world.auth();
    expect(after.bySession(secret, true)?.user.name).toBe('ada');
    done(await after.admin.changeUser(ADMIN, 1, { password: 'another long one' }, always));
    expect(after.bySession(secret, true)).toBeUndefined();
    expect(world.auth().bySession(secret, true)).toBeUndefined();
  });

  test('ends half an hour after the last request, also where the clock is set meanwhile', async () => {
    const world = new World();
    const auth = world.auth();
    const { secret } = await claim(auth);
    world.utc = { millis: Date.parse('2031-01-01T00:00:00Z'), trusted: true };
    expect(auth.bySession(secret, true)?.expiresInSeconds).toBe(1800);
    world.utc = { millis: 0, trusted: false };
    world.monotonic += 1799;
    expect(auth.bySession(secret, false)?.expiresInSeconds).toBe(1);
    world.monotonic += 1;
    expect(auth.bySession(secret, false)).toBeUndefined();
  });

  test('counts the time while switched off, where the clock tells it', async () => {
    const world = new World(scratch.path);
    const auth = world.auth();
    const { secret } = await claim(auth);
    await auth.close();
    world.pass(3600);
    expect(world.auth().bySession(secret, true)).toBeUndefined();
  });

  test('one’s own password: the other sessions end', async () => {
    const auth = await new World().claimed();
    const [mine, other] = [
      done(await auth.login(HERE, 'ada', PASSWORD)),
      done(await auth.login(HERE, 'ADA', PASSWORD)),
    ];
    const me = { userId: 1, sessionId: mine.sessionId };
    const next = 'a new long password';
    expect(refused(await auth.changePassword(ADMIN, me, 'not it, sorry', next))).toMatchObject({
      field: 'current',
    });
    expect(refused(await auth.changePassword(ADMIN, me, PASSWORD, 'short'))).toMatchObject({
      field: 'password',
    });
    done(await auth.changePassword(ADMIN, me, PASSWORD, next));
    expect(auth.bySession(mine.secret, true)?.user.name).toBe('ada');
    expect(auth.bySession(other.secret, true)).toBeUndefined();
    expect(done(await auth.login(HERE, 'ada', next)).user.id).toBe(1);
  });

  test('who is disabled or deleted is out at once', async () => {
    const auth = await new World().claimed();
    const made = done(
      await auth.admin.createUser(ADMIN, { name: 'bob', role: 'viewer', password: PASSWORD }),
    );
    const first = done(await auth.login(HERE, 'bob', PASSWORD));
    done(await auth.admin.changeUser(ADMIN, made.id, { disabled: true }, always));
    expect(auth.bySession(first.secret, true)).toBeUndefined();
    expect(refused(await auth.login(HERE, 'bob', PASSWORD)).kind).toBe('unauthenticated');
    done(await auth.admin.changeUser(ADMIN, made.id, { disabled: false }, always));
    const second = done(await auth.login(HERE, 'bob', PASSWORD));
    done(await auth.admin.deleteUser(ADMIN, made.id, always));
    expect(auth.bySession(second.secret, true)).toBeUndefined();
  });
});

describe('users', () => {
  test('the last enabled administrator stays', async () => {
    const { admin } = await new World().claimed();
    const attempts = [
      await admin.changeUser(ADMIN, 1, { role: 'operator' }, always),
      await admin.changeUser(ADMIN, 1, { disabled: true }, always),
      await admin.deleteUser(ADMIN, 1, always),
    ];
    expect(attempts.map((outcome) => refused(outcome).kind)).toEqual(['conflict', 'conflict', 'conflict']);
    const bob = done(await admin.createUser(ADMIN, { name: 'bob', role: 'admin', password: PASSWORD }));
    done(await admin.deleteUser(ADMIN, 1, always));
    expect(refused(await admin.deleteUser(ADMIN, bob.id, always)).kind).toBe('conflict');
  });

  test('two administrators who delete each other at once: one stays', async () => {
    const { admin } = await new World().claimed();
    await admin.createUser(ADMIN, { name: 'bob', role: 'admin', password: PASSWORD });
    const both = await Promise.all([1, 2].map((id) => admin.deleteUser(ADMIN, id, always)));
    expect(both.filter((outcome) => 'done' in outcome)).toHaveLength(1);
    expect(admin.users()).toHaveLength(1);
  });

  test('numbers are never given again, names are unique whatever their case', async () => {
    const world = new World(scratch.path);
    const { admin } = await world.claimed();
    const make = (name: string) => admin.createUser(ADMIN, { name, role: 'viewer', password: PASSWORD });
    const bob = done(await make('bob'));
    expect(refused(await make('BOB'))).toMatchObject({ kind: 'conflict', field: 'name' });
    done(await admin.deleteUser(ADMIN, bob.id, always));
    expect(
      done(await world.auth().admin.createUser(ADMIN, { name: 'bob', role: 'viewer', password: PASSWORD }))
        .id,
    ).toBe(3);
  });

  test('a change made from an old state is refused', async () => {
    const { admin } = await new World().claimed();
    expect(refused(await admin.changeUser(ADMIN, 1, { disabled: false }, () => false)).kind).toBe('stale');
    expect(refused(await admin.deleteUser(ADMIN, 1, () => false)).kind).toBe('stale');
    expect(refused(await admin.changeUser(ADMIN, 9, {}, always)).kind).toBe('missing');
  });

  test('who did what is on the record, without any secret', async () => {
    const world = new World();
    const { admin } = await world.claimed();
    const bob = done(await admin.createUser(ADMIN, { name: 'bob', role: 'viewer', password: PASSWORD }));
    done(await admin.changeUser(ADMIN, bob.id, { role: 'operator', password: 'another long one' }, always));
    done(await admin.deleteUser(ADMIN, bob.id, always));
    expect(world.audit.slice(-3)).toEqual([
      {
        actor: ADMIN,
        action: 'user.create',
        target: 'user 2 (bob)',
        before: null,
        after: { name: 'bob', role: 'viewer', disabled: false, password: '•••' },
      },
      {
        actor: ADMIN,
        action: 'user.change',
        target: 'user 2 (bob)',
        before: { name: 'bob', role: 'viewer', disabled: false, password: '•••' },
        after: { name: 'bob', role: 'operator', disabled: false, password: '•••' },
      },
      {
        actor: ADMIN,
        action: 'user.delete',
        target: 'user 2 (bob)',
        before: { name: 'bob', role: 'operator', disabled: false },
        after: null,
      },
    ]);
    expect(JSON.stringify(world.audit)).not.toMatch(/scrypt|another long|battery/);
  });
});

describe('tokens', () => {
  test('work until they expire or are deleted', async () => {
    const world = new World(scratch.path);
    const auth = await world.claimed();
    const wanted = { name: 'terraform', role: 'operator', expiresAt: '2027-01-01T00:00:00Z' } as const;
    const made = done(await auth.admin.createToken(ADMIN, wanted));
    expect(made).toMatchObject({ id: 1, hint: made.token.slice(-4), expiresAt: '2027-01-01T00:00:00.000Z' });
    expect(auth.byToken(made.token)).toEqual({ id: 1, name: 'terraform', role: 'operator' });
    expect(auth.byToken(`${made.token}x`)).toBeUndefined();
    expect(auth.byToken('')).toBeUndefined();
    expect(auth.admin.token(1)?.lastUsedAt).toBe('2026-12-01T00:00:00.000Z');
    expect(readFileSync(join(scratch.path, 'users.json'), 'utf8')).not.toContain(made.token.slice(3));
    world.pass(31 * 86_400);
    expect(auth.byToken(made.token)).toBeUndefined();
    const forever = done(
      await auth.admin.createToken(ADMIN, { name: 'ansible', role: 'viewer', expiresAt: null }),
    );
    expect(world.auth().byToken(forever.token)?.role).toBe('viewer');
    done(await auth.admin.deleteToken(ADMIN, forever.id, always));
    expect(auth.byToken(forever.token)).toBeUndefined();
    expect(JSON.stringify(world.audit)).not.toContain(forever.token);
  });

  test('slips', async () => {
    const { admin } = await new World().claimed();
    const make = (name: string, expiresAt: string | null) =>
      admin.createToken(ADMIN, { name, role: 'viewer', expiresAt });
    expect(refused(await make('a', '2020-01-01T00:00:00Z'))).toMatchObject({
      kind: 'invalid',
      field: 'expiresAt',
    });
    expect(refused(await make('a', 'soon'))).toMatchObject({ kind: 'invalid', field: 'expiresAt' });
    expect(refused(await make(' ', null))).toMatchObject({ kind: 'invalid', field: 'name' });
    done(await make('a', null));
    expect(refused(await make('a', null))).toMatchObject({ kind: 'conflict', field: 'name' });
    done(await make('b', null));
    expect(refused(await admin.renameToken(ADMIN, 2, 'a', always))).toMatchObject({
      kind: 'conflict',
      field: 'name',
    });
    expect(done(await admin.renameToken(ADMIN, 2, 'c', always)).name).toBe('c');
  });
});

describe('the file', () => {
  test('is for the service alone, and holds no secret', async () => {
    await new World(scratch.path).claimed();
    const path = join(scratch.path, 'users.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(scratch.path, 'sessions.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain(PASSWORD);
  });

  test('changed by somebody else is taken over within a second, and put on the record', async () => {
    const world = new World(scratch.path);
    const auth = await world.claimed();
    const { secret } = done(await auth.login(HERE, 'ada', PASSWORD));
    const console = new World(scratch.path).auth();
    done(await console.admin.changeUser(ADMIN, 1, { password: 'reset on the console' }, always));
    world.pass(2);
    expect(auth.bySession(secret, true)).toBeUndefined();
    expect(done(await auth.login(HERE, 'ada', 'reset on the console')).user.name).toBe('ada');
    expect(world.audit.find(({ action }) => action === 'users.file-change')).toMatchObject({
      actor: { name: 'file' },
      after: { newPasswords: ['ada'] },
    });
  });

  test('its own writes are no change by somebody else', async () => {
    const world = new World(scratch.path);
    const auth = await world.claimed();
    const create = auth.admin.createUser(ADMIN, { name: 'bob', role: 'viewer', password: PASSWORD });
    for (let n = 0; n < 50; n++) {
      world.pass(2);
      auth.admin.users();
      await new Promise(setImmediate);
    }
    done(await create);
    world.pass(2);
    expect(auth.admin.users()).toHaveLength(2);
    expect(world.audit.filter(({ action }) => action === 'users.file-change')).toEqual([]);
  });

  test('of a backup is looked at before it is restored', async () => {
    await new World(scratch.path).claimed();
    const text = readFileSync(join(scratch.path, 'users.json'), 'utf8');
    expect(accountsFlaw(Buffer.from(text))).toBe('');
    expect(accountsFlaw(Buffer.from(text.slice(0, -5)))).toBe('the users are damaged');
    const none = text.replace('"admin"', '"viewer"');
    expect(accountsFlaw(Buffer.from(none))).toBe('there is no administrator among the users');
  });

  test('damaged while running changes nothing; damaged at the start it is put aside', async () => {
    const world = new World(scratch.path);
    const auth = await world.claimed();
    writeFileSync(join(scratch.path, 'users.json'), '{"format":"timeball-us');
    world.pass(2);
    expect(auth.claimed).toBe(true);
    expect(world.warnings).toEqual([`${scratch.path}/users.json: is damaged: the users stay as they were`]);
    const next = new World(scratch.path);
    expect(next.auth().claimed).toBe(false);
    expect(next.warnings[0]).toContain('put aside, the appliance is to be claimed again');
    expect(statSync(join(scratch.path, 'users.json.bad')).isFile()).toBe(true);
  });

  test('that can not be written: nothing changes', async () => {
    const world = new World(scratch.write('a-file', ''));
    const auth = world.auth();
    expect(refused(await auth.claimCode.renew()).kind).toBe('failed');
    expect(auth.claimed).toBe(false);
  });
});
