/** The console's commands on a state folder, beside an appliance that has it open. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EX_DATAERR, EX_NOINPUT, EX_USAGE } from '../../src/cli/exit-codes.ts';
import { claimCodeCommand, resetPassword, usersCommand } from '../../src/cli/users-command.ts';
import { askPassword } from '../../src/cli/users-password.ts';
import { tokensCommand } from '../../src/cli/users-tokens-command.ts';
import { CHEAP, done, HERE, PASSWORD, World } from '../auth/support.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let written = '';
beforeEach(() => {
  scratch = new Scratch();
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += chunk;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  scratch.dispose();
});

const typed = async () => PASSWORD;

function options() {
  return {
    cost: CHEAP,
    state: scratch.path,
    config: '/nowhere.yaml',
    role: undefined,
    json: false,
    days: undefined,
  };
}

/** What the command writes. */
async function said(command: Promise<void>): Promise<string> {
  await command;
  const all = written;
  written = '';
  return all;
}

describe('timeball users', () => {
  test('makes, shows, changes and deletes', async () => {
    const users = (line: string, more = {}) =>
      said(usersCommand(line.split(' ').filter(Boolean), { ...options(), ...more }, typed));
    expect(await users('add ada', { role: 'admin' })).toBe('user ada made, with the role admin\n');
    expect(await users('add bob')).toBe('user bob made, with the role viewer\n');
    expect(await users('role bob', { role: 'operator' })).toBe('user bob has the role operator\n');
    expect(await users('disable BOB')).toBe('user BOB disabled\n');
    expect(await users('')).toBe(
      'id  name  role                last login\n1   ada   admin               never\n2   bob   operator  disabled  never\n',
    );
    expect(await users('enable bob')).toBe('user bob enabled\n');
    expect(await users('delete bob')).toBe('user bob deleted\n');
    expect(JSON.parse(await users('list', { json: true }))).toMatchObject({
      items: [{ id: 1, name: 'ada' }],
    });
  });

  test('an appliance that runs takes it over', async () => {
    const world = new World(scratch.path);
    const auth = await world.claimed();
    const { secret } = done(await auth.login(HERE, 'ada', PASSWORD));
    await said(usersCommand(['add', 'eve'], { ...options(), role: 'admin' }, typed));
    world.pass(1);
    expect(done(await auth.login(HERE, 'eve', PASSWORD)).user.role).toBe('admin');
    await said(resetPassword('ada', options(), async () => 'a password of the console'));
    world.pass(1);
    expect(auth.bySession(secret, true)).toBeUndefined();
    expect(done(await auth.login(HERE, 'ada', 'a password of the console')).user.id).toBe(1);
  });

  test.each<[string, number, string]>([
    [
      'explode',
      EX_USAGE,
      'timeball users: explode is not possible: use list, add, role, disable, enable, delete',
    ],
    ['add', EX_USAGE, 'timeball users: NAME is missing: name the user to add'],
    ['role ada', EX_USAGE, 'timeball users: the role is missing: give it with --role'],
    ['delete eve', EX_DATAERR, 'timeball users: there is no user eve: use one of ada'],
    ['add ADA', EX_DATAERR, 'timeball users: name: there is a user ADA already'],
    [
      'delete ada',
      EX_DATAERR,
      'timeball users: ada is the last enabled administrator: make another one first',
    ],
  ])('%s', async (line, exitCode, message) => {
    await new World(scratch.path).claimed();
    await expect(usersCommand(line.split(' '), options(), typed)).rejects.toMatchObject({
      exitCode,
      message,
    });
  });

  test('leaves a damaged file alone, and a folder that is not there', async () => {
    writeFileSync(join(scratch.path, 'users.json'), '{');
    await expect(usersCommand([], options())).rejects.toMatchObject({ exitCode: EX_NOINPUT });
    const nowhere = { ...options(), state: `${scratch.path}/none` };
    await expect(usersCommand([], nowhere)).rejects.toMatchObject({
      message: `timeball users: ${scratch.path}/none does not exist: start the appliance once, or name its state folder with --state`,
    });
  });

  test('takes the folder from the configuration', async () => {
    await new World(scratch.path).claimed();
    const config = scratch.write('t.yaml', `state:\n  directory: ${scratch.path}\n`);
    expect(await said(usersCommand([], { ...options(), state: undefined, config }))).toContain('ada');
  });
});

describe('timeball tokens', () => {
  test('makes, shows and deletes', async () => {
    const auth = await new World(scratch.path).claimed();
    const made = (await said(tokensCommand(['add', 'grafana'], { ...options(), days: 30 }))).trim();
    const world = new World(scratch.path);
    world.utc = { millis: Date.now(), trusted: true };
    expect(world.auth().byToken(made)).toMatchObject({ name: 'grafana', role: 'viewer' });
    expect(await said(tokensCommand([], options()))).toMatch(
      new RegExp(`^id .*\n1 +grafana +viewer +…${made.slice(-4)} `),
    );
    expect(await said(tokensCommand(['delete', 'grafana'], options()))).toBe('token grafana deleted\n');
    await expect(tokensCommand(['delete', 'grafana'], options())).rejects.toMatchObject({
      exitCode: EX_DATAERR,
    });
    expect(auth.claimed).toBe(true);
  });
});

describe('timeball claim-code', () => {
  test('makes another, while the appliance runs', async () => {
    const world = new World(scratch.path);
    const auth = world.auth();
    const first = done(await auth.claimCode.prepare(undefined)) ?? '';
    expect(await said(claimCodeCommand({ ...options(), fresh: false }))).toMatch(/^not claimed; /);
    const code = (await said(claimCodeCommand({ ...options(), fresh: true }))).trim();
    world.pass(1);
    expect(await auth.claim(HERE, first, 'ada', PASSWORD)).toMatchObject({ refused: { kind: 'forbidden' } });
    expect(done(await auth.claim(HERE, code, 'ada', PASSWORD)).user.name).toBe('ada');
    expect(await said(claimCodeCommand({ ...options(), fresh: false }))).toBe('claimed: 1 user\n');
    await expect(claimCodeCommand({ ...options(), fresh: true })).rejects.toMatchObject({
      exitCode: EX_DATAERR,
    });
  });
});

describe('the password', () => {
  test('is the first line of what is piped in', async () => {
    const piped = Readable.from(['correct horse', ' battery\nmore\n']) as unknown as NodeJS.ReadStream;
    expect(await askPassword('timeball users', piped)).toBe('correct horse battery');
    const empty = Readable.from([]) as unknown as NodeJS.ReadStream;
    await expect(askPassword('timeball users', empty)).rejects.toMatchObject({ exitCode: EX_USAGE });
  });
});
