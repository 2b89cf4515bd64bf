import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { LogRing } from '../../src/events/log-ring.ts';

const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime, level: 'trace' } as const;

describe('the ring of log lines', () => {
  test('holds what pino writes, newest first, by level', () => {
    const ring = new LogRing();
    const log = pino(options, ring);
    log.info({ rules: 3 }, 'taken over');
    log.warn('careful');
    log.error({ err: new Error('no') }, 'failed');
    const { total, items } = ring.list({ limit: 10, offset: 0 });
    expect(total).toBe(3);
    expect(items.map(({ level, text }) => `${level} ${text}`)).toEqual([
      'error failed',
      'warn careful',
      'info taken over',
    ]);
    expect(items[2]).toEqual({
      id: 1,
      at: expect.stringMatching(/^20\d\d-.*Z$/),
      level: 'info',
      text: 'taken over',
      data: { rules: 3 },
    });
    expect(ring.list({ level: 'warn', limit: 1, offset: 1 })).toMatchObject({
      total: 2,
      items: [{ text: 'careful' }],
    });
  });

  test('keeps the last 2000, each of bounded length, whatever they are', () => {
    const ring = new LogRing();
    const log = pino(options, ring);
    for (let i = 0; i < 2500; i++) log.info(`line ${i}`);
    log.warn({ much: 'x'.repeat(100_000) }, 'y'.repeat(10_000));
    ring.write('no JSON\n');
    const { total, items } = ring.list({ limit: 3000, offset: 0 });
    expect(total).toBe(2000);
    expect(items[0]).toMatchObject({ id: 2502, level: 'info', text: 'no JSON' });
    expect(items[1]).toMatchObject({ id: 2501, level: 'warn', text: 'y'.repeat(500) });
    expect(items.at(-1)?.text).toBe('line 502');
    expect(JSON.stringify(items).length).toBeLessThan(400_000);
  });

  test('tells listeners of each line', () => {
    const ring = new LogRing();
    const seen: string[] = [];
    ring.onLine(({ id, level, text }) => seen.push(`${id} ${level} ${text}`));
    pino(options, ring).fatal('over');
    expect(seen).toEqual(['1 fatal over']);
  });
});
