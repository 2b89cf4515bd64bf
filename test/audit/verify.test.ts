/** Tampering of every kind shows, and where. */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditLog } from '../../src/audit/audit-log.ts';
import { canonicalJson } from '../../src/audit/canonical-json.ts';
import { FileStore } from '../../src/audit/file-store.ts';
import { verifyStore, verifyText } from '../../src/audit/verify.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { Scratch } from '../support/scratch.ts';

const LIMITS = { fileBytes: 3000, files: 4 };
const ANN = { name: 'ann', role: 'admin', via: 'session', address: '192.0.2.1' };

let original: Scratch;
let names: string[];
let whole: string;

beforeAll(async () => {
  original = new Scratch();
  const timers = new VirtualTimers();
  const audit = new AuditLog({
    timers,
    utc: () => ({ millis: 0, trusted: true }),
    store: new FileStore(original.path, LIMITS),
  });
  for (let n = 1; n <= 40; n++) {
    audit.record({
      actor: ANN,
      action: 'user.update',
      target: `user ${n}`,
      before: { n },
      after: { n: n + 1 },
    });
    await audit.flush();
  }
  names = readdirSync(original.path).sort();
  whole = names
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => readFileSync(join(original.path, name), 'utf8'))
    .join('');
});
afterAll(() => original.dispose());

/** Verifies a copy in which something was done. */
async function afterwards(tamper: (path: string) => void) {
  const copy = new Scratch();
  for (const name of names) copyFileSync(join(original.path, name), join(copy.path, name));
  tamper(copy.path);
  const verdict = await verifyStore(new FileStore(copy.path));
  copy.dispose();
  return verdict;
}

const lines = (path: string, name: string) => readFileSync(join(path, name), 'utf8').trimEnd().split('\n');
const put = (path: string, name: string, all: string[]) =>
  writeFileSync(join(path, name), all.map((line) => `${line}\n`).join(''));
const seqOf = (line: string | undefined) => (JSON.parse(line as string) as { seq: number }).seq;

describe('verifying', () => {
  test('an untouched record is sound, though its begin was dropped', async () => {
    const verdict = await afterwards(() => {});
    expect(verdict).toMatchObject({ ok: true, firstBad: null, head: { seq: 40 } });
    expect(verdict.entries).toBeLessThan(40);
    expect(names.length).toBe(5);
  });

  test('every changed byte of an entry shows', async () => {
    const [name] = names as [string];
    const text = readFileSync(join(original.path, name), 'utf8');
    for (let at = 0; at < text.length; at += 13) {
      const other = text[at] === '7' ? '8' : '7';
      const verdict = await verifyText(name, text.slice(0, at) + other + text.slice(at + 1));
      expect(verdict.ok, `byte ${at}`).toBe(false);
      expect(verdict.firstBad?.line).toBe(text.slice(0, at).split('\n').length);
    }
  });

  test('an entry made anew with a fitting hash breaks the chain behind it', async () => {
    const name = names[1] as string;
    let seq = 0;
    const verdict = await afterwards((path) => {
      const all = lines(path, name);
      const entry = JSON.parse(all[2] as string) as { seq: number; after: unknown; hash?: string };
      seq = entry.seq;
      const { hash: _, ...body } = { ...entry, after: { n: 666 } };
      const { createHash } = process.getBuiltinModule('node:crypto');
      const forged = createHash('sha256').update(canonicalJson(body)).digest('hex');
      all[2] = canonicalJson({ ...body, hash: forged });
      put(path, name, all);
    });
    expect(verdict).toMatchObject({
      ok: false,
      firstBad: { seq: seq + 1, file: name, line: 4, reason: 'does not follow the entry before it' },
    });
  });

  test.each<[string, (all: string[]) => string[], RegExp]>([
    ['taken out', (all) => all.toSpliced(2, 1), /missing/],
    ['doubled', (all) => all.toSpliced(2, 0, all[2] as string), /out of order/],
    ['swapped', (all) => [all[1] as string, all[0] as string, ...all.slice(2)], /missing/],
    ['replaced by nonsense', (all) => all.with(1, 'nonsense'), /no entry/],
    [
      'written with white space',
      (all) => all.with(1, JSON.stringify(JSON.parse(all[1] as string), null, 1).replaceAll('\n', ' ')),
      /changed/,
    ],
  ])('an entry %s', async (_, tamper, reason) => {
    const name = names[1] as string;
    const verdict = await afterwards((path) => put(path, name, tamper(lines(path, name))));
    expect(verdict).toMatchObject({
      ok: false,
      firstBad: { file: name, reason: expect.stringMatching(reason) },
    });
  });

  test('files taken away show, at either end and in the middle', async () => {
    const files = names.filter((name) => name.endsWith('.ndjson'));
    for (const name of files) {
      const verdict = await afterwards((path) => rmSync(join(path, name)));
      expect(verdict.ok, name).toBe(false);
      expect(verdict.firstBad?.reason).toContain('missing');
    }
    const none = await afterwards((path) => {
      for (const name of files) rmSync(join(path, name));
    });
    expect(none).toMatchObject({ ok: false, entries: 0 });
  });

  test('entries cut off at the end show', async () => {
    const name = names.filter((one) => one.endsWith('.ndjson')).at(-1) as string;
    const verdict = await afterwards((path) => put(path, name, lines(path, name).slice(0, -1)));
    expect(verdict).toMatchObject({
      ok: false,
      firstBad: { seq: 40, line: 0, reason: 'entries 40 to 40 at the end are missing' },
    });
  });

  test('marks taken away show', async () => {
    const verdict = await afterwards((path) => rmSync(join(path, 'audit-marks.json')));
    expect(verdict.ok).toBe(false);
  });

  test('a file that was to be dropped when the power went is no flaw', async () => {
    const [name] = names as [string];
    const [second] = lines(original.path, names[1] as string);
    const verdict = await afterwards((path) => {
      // The mark was moved on, the file was not yet removed.
      const last = JSON.parse(lines(path, name).at(-1) as string) as { seq: number; hash: string };
      const marks = JSON.parse(readFileSync(join(path, 'audit-marks.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      marks['begin'] = { seq: last.seq, hash: last.hash };
      writeFileSync(join(path, 'audit-marks.json'), JSON.stringify(marks));
    });
    expect(verdict).toMatchObject({ ok: true, entries: 40 - seqOf(second) + 1 });
  });

  test('an export is checked by itself, wherever it begins', async () => {
    expect(await verifyText('export', whole)).toMatchObject({ ok: true, head: { seq: 40 } });
    expect(await verifyText('export', '')).toMatchObject({ ok: true, entries: 0 });
    expect(await verifyText('export', whole.slice(0, -20))).toMatchObject({ ok: false });
  });
});

describe('canonical JSON', () => {
  test('is that of RFC 8785', () => {
    // §3.2.3: sorted by UTF-16 code units.
    const euro = { '€': 1, '\r': 2, '\ufb33': 3, '1': 4, '😂': 5, '\u0080': 6, ö: 7 };
    expect(canonicalJson(euro)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😂":5,"\ufb33":3}');
    expect(canonicalJson({ b: [1, { d: 1e30, c: null }], a: undefined })).toBe(
      '{"b":[1,{"c":null,"d":1e+30}]}',
    );
    expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
    expect(canonicalJson(undefined)).toBe('null');
  });
});
