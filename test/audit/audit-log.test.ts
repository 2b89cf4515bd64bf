/** The audit record: what is kept, that it is durable in order, and what becomes of it when the disk fails. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AuditLog } from '../../src/audit/audit-log.ts';
import type { AuditRecord } from '../../src/audit/audit-sink.ts';
import type { AuditStore } from '../../src/audit/audit-store.ts';
import { FileStore, type FileStoreLimits } from '../../src/audit/file-store.ts';
import { MemoryStore } from '../../src/audit/memory-store.ts';
import { verifyStore } from '../../src/audit/verify.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { Scratch } from '../support/scratch.ts';

const ALL = { limit: 1000, offset: 0 };
const BEGIN = Date.UTC(2026, 5, 1, 12);
const ANN = { name: 'ann', role: 'admin', via: 'session', address: '192.0.2.1' } as const;
const SMALL: FileStoreLimits = { fileBytes: 2000, files: 3 };

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function build(store: AuditStore = new FileStore(scratch.path)) {
  const timers = new VirtualTimers();
  const troubles: string[] = [];
  const audit = new AuditLog({
    timers,
    utc: () => ({ millis: BEGIN + timers.now, trusted: timers.now > 0 }),
    store,
    trouble: (text) => troubles.push(text),
  });
  return { timers, audit, troubles };
}

function change(n: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    actor: ANN,
    action: 'access-rule.create',
    target: `rule ${n}`,
    before: null,
    after: { n },
    ...more,
  };
}

describe('the audit record', () => {
  test('says who did what, when, from where, old and new value', async () => {
    const { audit, timers } = build();
    audit.record(change(1));
    await timers.advance(1000);
    audit.record(change(2, { action: 'config.change', before: { z: 1, a: [2] }, after: { z: 2 } }));
    const { total, items } = await audit.list(ALL);
    expect(total).toBe(2);
    expect(items[0]).toEqual({
      seq: 2,
      at: '2026-06-01T12:00:01.000Z',
      timeTrusted: true,
      actor: ANN,
      action: 'config.change',
      target: 'rule 2',
      before: { a: [2], z: 1 },
      after: { z: 2 },
      previous: items[1]?.hash,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(items[1]).toMatchObject({ seq: 1, timeTrusted: false, previous: '0'.repeat(64) });
    expect(await audit.verify()).toEqual({ entries: 2, ok: true, firstBad: null, head: audit.head });
  });

  test('finds by who, what and when, page by page', async () => {
    const { audit, timers } = build();
    audit.record(change(1));
    audit.record(change(2, { actor: { ...ANN, name: 'bob' } }));
    await timers.advance(60_000);
    audit.record(change(3, { action: 'access-rule.delete' }));
    audit.record(change(4, { action: 'access-rules.import' }));
    const seqs = async (query: object) =>
      (await audit.list({ ...ALL, ...query })).items.map(({ seq }) => seq);
    expect(await seqs({ actor: 'bob' })).toEqual([2]);
    expect(await seqs({ action: 'access-rule' })).toEqual([3, 2, 1]);
    expect(await seqs({ action: 'access-rule.delete' })).toEqual([3]);
    expect(await seqs({ since: '2026-06-01T12:01:00Z' })).toEqual([4, 3]);
    expect(await seqs({ until: '2026-06-01T12:01:00Z' })).toEqual([2, 1]);
    expect(await audit.list({ limit: 2, offset: 1 })).toMatchObject({
      total: 4,
      items: [{ seq: 3 }, { seq: 2 }],
    });
  });

  test('secrets do not get in, even where somebody sent them', async () => {
    const { audit } = build();
    const key = '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----';
    audit.record(
      change(1, {
        before: { password: 'hunter2', nested: [{ secret: 'hunter2' }], name: 'ann' },
        after: { token: 'tb_hunter2', tls: { certificate: key }, passphrase: 'hunter2' },
      }),
    );
    await audit.flush();
    const text = readdirSync(scratch.path).map((name) => readFileSync(join(scratch.path, name), 'utf8'));
    expect(text.join()).not.toMatch(/hunter2|MIIabc/);
    expect((await audit.list(ALL)).items[0]).toMatchObject({
      before: { password: '•••', nested: [{ secret: '•••' }], name: 'ann' },
      after: { token: '•••', tls: { certificate: '•••' } },
    });
  });

  test('what is no JSON, or far too long, is told by that', async () => {
    const { audit } = build();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    audit.record(change(1, { before: circle, after: 'x'.repeat(100_000), target: 'y'.repeat(1000) }));
    audit.record(change(2, { before: undefined, after: { toJSON: () => undefined } }));
    const { items } = await audit.list(ALL);
    expect(items[1]).toMatchObject({
      before: { leftOut: 'no JSON' },
      after: { leftOut: '100002 characters' },
    });
    expect(items[1]?.target).toHaveLength(500);
    expect(items[0]).toMatchObject({ before: null, after: null });
    expect((await audit.verify()).ok).toBe(true);
  });

  test('goes on where it ended, across restarts and rotations, in bounded space', async () => {
    for (let run = 0; run < 20; run++) {
      const { audit } = build(new FileStore(scratch.path, SMALL));
      for (let n = 0; n < 7; n++) {
        audit.record(change(n));
        if (n % 3 === 0) await audit.flush();
      }
      expect(await audit.verify()).toMatchObject({ ok: true, head: { seq: (run + 1) * 7 } });
    }
    const names = readdirSync(scratch.path).filter((name) => name.endsWith('.ndjson'));
    expect(names.length).toBeLessThanOrEqual(3);
    const { audit } = build(new FileStore(scratch.path, SMALL));
    const { total, items } = await audit.list(ALL);
    expect(total).toBeGreaterThan(8);
    expect(total).toBeLessThan(40);
    expect(items[0]?.seq).toBe(140);
  });

  test('is exported as it stands', async () => {
    const { audit } = build(new FileStore(scratch.path, SMALL));
    for (let n = 0; n < 10; n++) {
      audit.record(change(n));
      await audit.flush();
    }
    let text = '';
    for await (const part of audit.export()) text += part;
    const seqs = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('a power cut at any byte leaves whole entries, and is itself on record', async () => {
    const { audit } = build();
    for (let n = 0; n < 3; n++) audit.record(change(n));
    await audit.flush();
    const [name] = readdirSync(scratch.path).filter((one) => one.endsWith('.ndjson')) as [string];
    const whole = readFileSync(join(scratch.path, name));
    for (let length = 0; length < whole.length; length += 41) {
      const other = new Scratch();
      writeFileSync(join(other.path, name), whole.subarray(0, length));
      // The marks lag behind the entries, never the other way round.
      const lines = whole.subarray(0, length).toString().split('\n').slice(0, -1);
      const last = JSON.parse(lines.at(-1) ?? '{"seq":0,"hash":""}') as { seq: number; hash: string };
      const genesis = { seq: 0, hash: '0'.repeat(64) };
      other.write('audit-marks.json', JSON.stringify({ begin: genesis, end: last.seq > 0 ? last : genesis }));
      const again = build(new FileStore(other.path)).audit;
      again.record(change(9));
      expect(await again.verify()).toMatchObject({ ok: true });
      const { items } = await again.list(ALL);
      const torn = length - (whole.subarray(0, length).lastIndexOf(0x0a) + 1);
      const mended = torn > 0 ? ['audit.mended'] : [];
      expect(
        items
          .map(({ action }) => action)
          .reverse()
          .slice(lines.length),
      ).toEqual([...mended, 'access-rule.create']);
      other.dispose();
    }
  });

  test('a disk that fails is said once; nothing is lost when it works again', async () => {
    const store = new FileStore(scratch.path);
    let failing = true;
    const flaky: AuditStore = {
      open: () => store.open(),
      append: (lines, end) => (failing ? Promise.reject(new Error('ENOSPC')) : store.append(lines, end)),
      segments: () => store.segments(),
      marks: () => store.marks(),
    };
    const { audit, timers, troubles } = build(flaky);
    for (let n = 0; n < 100; n++) audit.record(change(n));
    await audit.flush();
    await timers.advance(60_000);
    expect(troubles).toEqual(['the audit record can not be written: ENOSPC']);
    expect((await audit.verify()).ok).toBe(true);
    failing = false;
    await timers.advance(10_000);
    await audit.flush();
    expect(troubles).toEqual(['the audit record can not be written: ENOSPC', '']);
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 100 });
  });

  test('a directory that can not be used at first is taken when it can, behind what is there', async () => {
    const before = build();
    before.audit.record(change(1));
    await before.audit.flush();
    const path = join(scratch.path, 'below');
    writeFileSync(path, 'in the way');
    const { audit, timers, troubles } = build(new FileStore(path));
    audit.record(change(2));
    await audit.flush();
    expect(troubles).toHaveLength(1);
    rmSync(path);
    mkdirSync(path);
    for (const name of readdirSync(scratch.path).filter((one) => one.startsWith('audit')))
      writeFileSync(join(path, name), readFileSync(join(scratch.path, name)));
    await timers.advance(10_000);
    await audit.flush();
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 2 });
    expect(troubles.at(-1)).toBe('');
  });

  test('more than memory may hold is counted, and the count is on record', async () => {
    const store = new MemoryStore();
    let failing = true;
    const flaky: AuditStore = {
      open: () => store.open(),
      append: (lines, end) => (failing ? Promise.reject(new Error('EIO')) : store.append(lines, end)),
      segments: () => store.segments(),
      marks: () => store.marks(),
    };
    const { audit } = build(flaky);
    for (let n = 0; n < 10_050; n++) audit.record(change(n));
    failing = false;
    await audit.flush();
    await audit.flush();
    const { items } = await audit.list(ALL);
    expect(items[0]).toMatchObject({ action: 'audit.lost', after: { lost: 50 } });
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 1000, head: { seq: 10_001 } });
  });

  test('somebody who appends while the appliance runs is noticed', async () => {
    const { audit } = build();
    audit.record(change(1));
    await audit.flush();
    const forger = build(new FileStore(scratch.path)).audit;
    forger.record(change(2));
    await forger.flush();
    expect(await verifyStore(new FileStore(scratch.path))).toMatchObject({ ok: true, entries: 2 });
    expect(await audit.verify()).toMatchObject({
      ok: false,
      firstBad: { seq: 2, reason: expect.stringContaining('not written by the appliance') },
    });
    appendFileSync(join(scratch.path, 'audit-00000001.ndjson'), 'x\n');
    expect((await audit.verify()).ok).toBe(false);
  });
});
