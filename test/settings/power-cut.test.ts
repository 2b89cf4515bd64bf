/** Power is cut before every write, rename, fsync and removal of a change: the settings are the old or the new ones. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigApi } from '../../src/settings/config-api.ts';
import { Keys } from '../../src/settings/keys.ts';
import { textHash } from '../../src/settings/revisions.ts';
import { Rules } from '../../src/settings/rules.ts';
import type { SettingsService } from '../../src/settings/settings.ts';
import { Scratch } from '../support/scratch.ts';
import { become, CutFs } from './cut-fs.ts';
import { ANNA, Fixture, made } from './fixture.ts';

const TEXT = '# The tower.\nntp: {port: 123}\n';
type Step = (settings: SettingsService) => Promise<unknown>;
const patch =
  (change: unknown): Step =>
  (settings) =>
    new ConfigApi(settings).patch(ANNA, change, undefined);
const RISKY = patch({ http: { allow: ['192.0.2.0/24'] } });
const nothing: Step = async () => {};
const OLD = '192.0.2.0/24';

interface Case {
  readonly name: string;
  /** What was done before, in peace. */
  readonly before: Step;
  readonly step: Step;
  /** What the file may say after the restart, and what it must say where the step ended well. */
  readonly may: (text: string) => boolean;
  readonly done: (text: string) => boolean;
}

const CASES: readonly Case[] = [
  {
    name: 'a change',
    before: nothing,
    step: patch({ ntp: { port: 5 } }),
    may: (text) => text === TEXT || text === TEXT.replace('123', '5'),
    done: (text) => text !== TEXT,
  },
  {
    name: 'a change that must be confirmed: it never is',
    before: nothing,
    step: RISKY,
    may: (text) => text === TEXT,
    done: (text) => text === TEXT,
  },
  {
    name: 'its confirmation',
    before: RISKY,
    step: (settings) => settings.confirm(ANNA),
    may: (text) => text === TEXT || text.includes(OLD),
    done: (text) => text.includes(OLD),
  },
  {
    name: 'taking it back',
    before: RISKY,
    step: (settings) => settings.rollBack(ANNA),
    may: (text) => text === TEXT,
    done: (text) => text === TEXT,
  },
  {
    name: 'a new rule',
    before: nothing,
    step: (settings) => new Rules(settings).create(ANNA, { prefix: '10.0.0.0/8', action: 'serve' }),
    may: (text) => text === TEXT || text.includes('10.0.0.0/8'),
    done: (text) => text.includes('10.0.0.0/8'),
  },
  {
    name: 'the first key',
    before: nothing,
    step: (settings) => new Keys(settings).create(ANNA, { id: 7, type: 'AES128' }),
    may: (text) => text === TEXT || text.includes('/state/keys'),
    done: (text) => text.includes('/state/keys'),
  },
];

async function run({ before, step }: Case, cutAt: number) {
  const scratch = new Scratch({ 'timeball.yaml': TEXT });
  const fixture = new Fixture(scratch.path);
  const fs = new CutFs(scratch.path);
  const settings = await fixture.open(fs);
  made((await before(settings)) as object);
  fs.arm(cutAt);
  // The process is gone with the power: whatever it would have done next is of no account.
  await step(settings).catch(() => {});
  return { scratch, fixture, fs };
}

async function checkAll(of: Case, cutAt: number): Promise<number> {
  const { scratch, fixture, fs } = await run(of, cutAt);
  const { operations } = fs;
  for (const disk of fs.outcomes()) {
    become(scratch.path, disk);
    const settings = await new Fixture(fixture.folder).open();
    const text = readFileSync(fixture.file, 'utf8');
    expect(text).toSatisfy(cutAt < Number.POSITIVE_INFINITY ? of.may : of.done);
    expect(settings.loaded.text).toBe(text);
    expect(settings.pending).toBeNull();
    expect(settings.revisions.newest?.sha256).toBe(textHash(text));
    const { file } = settings.config.keys;
    if (file !== '') expect(new Keys(settings).get(7)).toBeDefined();
    // All is settled: the next start finds nothing to do.
    const again = await new Fixture(fixture.folder).open();
    expect(again.loaded.text).toBe(text);
    expect(again.revision).toBe(settings.revision);
    expect(existsSync(`${fixture.folder}/state/config-pending.json`)).toBe(false);
  }
  scratch.dispose();
  return operations;
}

test.each(CASES)('$name', async (of) => {
  const operations = await checkAll(of, Number.POSITIVE_INFINITY);
  expect(operations).toBeGreaterThan(1);
  for (let cutAt = 0; cutAt < operations; cutAt++) await checkAll(of, cutAt);
});

test('this model would show a record that is written too late', async () => {
  const of = CASES[1] as Case;
  const { scratch, fixture, fs } = await run(of, Number.POSITIVE_INFINITY);
  const disk = new Map(fs.outcomes()[0]);
  disk.delete(`${scratch.path}/state/config-pending.json`);
  become(scratch.path, disk);
  const settings = await new Fixture(fixture.folder).open();
  expect(settings.loaded.text).toContain(OLD);
  scratch.dispose();
});
