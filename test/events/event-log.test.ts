/** The event log: what is kept, gathered, acknowledged, and found again after a restart. */
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventItem } from '../../src/events/event-item.ts';
import { FileJournal } from '../../src/events/event-journal.ts';
import { EventLog } from '../../src/events/event-log.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { Scratch } from '../support/scratch.ts';

const ALL = { limit: 1000, offset: 0 };
const BEGIN = Date.UTC(2026, 5, 1, 12);

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function build(directory?: string) {
  const timers = new VirtualTimers();
  const troubles: string[] = [];
  const log = new EventLog({
    timers,
    utc: () => ({ millis: BEGIN + timers.now, trusted: true }),
    journal: directory === undefined ? undefined : new FileJournal(directory),
    trouble: (text) => troubles.push(text),
  });
  const changes: [EventItem, string][] = [];
  log.onChange((item, change) => changes.push([item, change]));
  return { timers, log, changes, troubles };
}

describe('the event log', () => {
  test('keeps what has happened and what holds, newest first', async () => {
    const { log, timers } = build();
    log.raise('restarted', 'started');
    await timers.advance(1000);
    log.raise('antenna', 'hears nothing', { heard: 0 });
    log.raise('antenna', 'hears nothing', { heard: 0 });
    const { total, items } = log.list(ALL);
    expect(total).toBe(2);
    expect(items[0]).toEqual({
      id: 2,
      at: '2026-06-01T12:00:01.000Z',
      type: 'antenna',
      severity: 'error',
      text: 'hears nothing',
      data: { heard: 0 },
      active: true,
      clearedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: null,
      count: 1,
      lastAt: '2026-06-01T12:00:01.000Z',
    });
    expect(items[1]).toMatchObject({ id: 1, type: 'restarted', severity: 'info', active: false });
  });

  test('clears a condition once; what is over can be raised anew', async () => {
    const { log, timers, changes } = build();
    log.clear('antenna');
    log.raise('antenna', 'gone');
    await timers.advance(5000);
    log.clear('antenna');
    log.clear('antenna');
    log.raise('antenna', 'gone again');
    expect(changes.map(([item, change]) => `${change} ${item.id}`)).toEqual(['new 1', 'cleared 1', 'new 2']);
    expect(log.get(1)).toMatchObject({ active: false, clearedAt: '2026-06-01T12:00:05.000Z' });
    expect(log.allActive().map(({ id }) => id)).toEqual([2]);
  });

  test('filters by severity and worse, type, state and time, page by page', async () => {
    const { log, timers } = build();
    log.raise('restarted', 'a');
    log.raise('login-failed', 'b');
    await timers.advance(60_000);
    log.raise('holdover-ended', 'c');
    log.acknowledge(2, 'ann');
    const ids = (query: object) => log.list({ ...ALL, ...query }).items.map(({ id }) => id);
    expect(ids({ severity: 'warning' })).toEqual([3, 2]);
    expect(ids({ severity: 'critical' })).toEqual([3]);
    expect(ids({ type: 'restarted' })).toEqual([1]);
    expect(ids({ active: true })).toEqual([3]);
    expect(ids({ active: false })).toEqual([2, 1]);
    expect(ids({ acknowledged: false })).toEqual([3, 1]);
    expect(ids({ since: '2026-06-01T12:00:30Z' })).toEqual([3]);
    expect(log.list({ limit: 1, offset: 1 })).toMatchObject({ total: 3, items: [{ id: 2 }] });
  });

  test('the first acknowledgement stays', async () => {
    const { log, timers } = build();
    log.raise('antenna', 'gone');
    expect(log.acknowledge(1, 'ann')).toMatchObject({ acknowledgedBy: 'ann' });
    await timers.advance(1000);
    expect(log.acknowledge(1, 'bob')).toMatchObject({
      acknowledgedBy: 'ann',
      acknowledgedAt: '2026-06-01T12:00:00.000Z',
    });
    expect(log.acknowledge(7, 'bob')).toBeUndefined();
    log.raise('restarted', 'x');
    expect(log.acknowledgeAll('bob')).toBe(1);
    expect(log.acknowledgeAll('bob')).toBe(0);
  });

  test('a storm becomes ten entries and a count; others are not crowded out', async () => {
    const { log, timers } = build();
    for (let i = 0; i < 5000; i++) {
      log.raise('login-failed', `from 192.0.2.${i % 256}`);
      await timers.advance(1);
    }
    log.raise('antenna', 'gone');
    const { items } = log.list({ ...ALL, type: 'login-failed' });
    expect(items).toHaveLength(10);
    expect(items[0]?.count).toBe(4991);
    expect(items[0]?.lastAt).toBe('2026-06-01T12:00:04.999Z');
    expect(log.list({ ...ALL, type: 'antenna' }).total).toBe(1);
    // Ten minutes later there is an entry again.
    await timers.advance(600_000);
    log.raise('login-failed', 'later');
    expect(log.list({ ...ALL, type: 'login-failed' }).total).toBe(11);
  });

  test('a condition that flaps is one entry, which wants to be seen again', () => {
    const { log } = build();
    for (let i = 0; i < 20; i++) {
      log.raise('pps-lost', 'gone');
      log.clear('pps-lost');
    }
    log.acknowledgeAll('ann');
    log.raise('pps-lost', 'gone');
    const { items } = log.list(ALL);
    expect(items).toHaveLength(10);
    expect(items[0]).toMatchObject({ active: true, clearedAt: null, acknowledgedAt: null, count: 12 });
  });

  test('a thousand entries at most; what holds still stays', async () => {
    const { log, timers } = build();
    log.raise('antenna', 'gone');
    for (let i = 0; i < 1200; i++) {
      log.raise('config-changed', `${i}`);
      await timers.advance(600_000);
    }
    const { total, items } = log.list(ALL);
    expect(total).toBe(1000);
    expect(items.at(-1)).toMatchObject({ id: 1, type: 'antenna' });
    expect(items[0]?.text).toBe('1199');
  });

  test('text is one line, text and data are bounded', () => {
    const { log } = build();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    log.raise('restarted', `a\nb\u0000${'x'.repeat(1000)}`, { much: 'y'.repeat(5000) });
    log.raise('restarted', 'b', circle);
    expect(log.get(1)?.text).toMatch(/^a bx? ?x/);
    expect(log.get(1)?.text).toHaveLength(500);
    expect(log.get(1)?.data).toEqual({ leftOut: '5011 characters' });
    expect(log.get(2)?.data).toEqual({ leftOut: 'no JSON' });
  });

  test('what is after an id', () => {
    const { log } = build();
    for (const text of ['a', 'b', 'c', 'd']) log.raise('restarted', text);
    expect(log.after(1, 2).map(({ text }) => text)).toEqual(['c', 'd']);
    expect(log.after(4, 2)).toEqual([]);
  });
});

describe('the event log on disk', () => {
  test('is found again as it was, and goes on counting', async () => {
    const first = build(scratch.path);
    first.log.raise('antenna', 'gone', { heard: 0 });
    first.log.raise('login-failed', 'bob');
    first.log.acknowledge(2, 'ann');
    await first.log.flush();
    const second = build(scratch.path);
    expect(second.troubles).toEqual([]);
    expect(second.log.list(ALL)).toEqual(first.log.list(ALL));
    // What held before holds until it is said to be over.
    second.log.raise('antenna', 'still gone');
    second.log.clear('antenna');
    second.log.raise('restarted', 'x');
    expect(second.log.list(ALL).items.map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  test('is written a second later, at a power cut after that nothing is lost', async () => {
    const { log, timers } = build(scratch.path);
    log.raise('antenna', 'gone');
    await timers.advance(1000);
    await log.flush();
    expect(build(scratch.path).log.list(ALL).total).toBe(1);
  });

  test('cut at any byte, the whole lines are kept', async () => {
    const { log } = build(scratch.path);
    for (const text of ['a', 'b', 'c']) log.raise('restarted', text);
    await log.flush();
    const path = join(scratch.path, 'events.ndjson');
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length += 7) {
      writeFileSync(path, whole);
      truncateSync(path, length);
      const again = build(scratch.path);
      const lines = whole.subarray(0, length).toString().split('\n').length - 1;
      expect(again.log.list(ALL).total).toBe(lines);
      again.log.raise('restarted', 'after');
      await again.log.flush();
      expect(build(scratch.path).log.list(ALL).total).toBe(lines + 1);
    }
  });

  test('garbage is said and left out', async () => {
    const path = scratch.write('events.ndjson', 'nonsense\n{"id":1}\nnull\n');
    const { log, troubles } = build(scratch.path);
    expect(log.list(ALL).total).toBe(0);
    expect(troubles).toEqual([`${path}: 3 lines are no events: left out`]);
    log.raise('restarted', 'x');
    await log.flush();
    expect(readFileSync(path, 'utf8')).not.toContain('nonsense');
  });

  test('a storm writes little, and the file stays within its bounds', async () => {
    const { log, timers } = build(scratch.path);
    const path = join(scratch.path, 'events.ndjson');
    for (let i = 0; i < 3600; i++) {
      log.raise('login-failed', `from 192.0.2.${i % 256}`);
      await timers.advance(1000);
    }
    await log.flush();
    expect(statSync(path).size).toBeLessThan(30_000);
    for (let i = 0; i < 3000; i++) {
      log.raise('config-changed', 'x'.repeat(500), { much: 'y'.repeat(2000) });
      await timers.advance(600_000);
      await log.flush();
    }
    expect(statSync(path).size).toBeLessThan(8_000_000);
    expect(build(scratch.path).log.list(ALL).total).toBe(1000);
  });

  test('a disk that can not be written is said once, and made up for', async () => {
    const scratchFile = scratch.write('taken', '');
    const { log, timers, troubles } = build(join(scratchFile, 'below'));
    // Reading says so as well.
    troubles.length = 0;
    log.raise('restarted', 'a');
    await log.flush();
    await log.flush();
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain('can not be written');
    expect(log.list(ALL).total).toBe(1);
    await timers.advance(600_000);
    expect(troubles).toHaveLength(1);
  });
});
