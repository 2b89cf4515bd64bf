/** The live feed over sinks of memory, in virtual time. The sockets are in test/api/events-stream.test.ts. */
import { describe, expect, test } from 'vitest';
import type { EventItem } from '../../src/events/event-item.ts';
import { LiveFeed, type LiveSink, type Topic } from '../../src/events/live-feed.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';
import { aStatus } from '../support/a-status.ts';

class Reader implements LiveSink {
  text = '';
  dropped = false;
  behind = 0;

  write(text: string): void {
    this.text += text;
  }

  waiting(): number {
    return this.behind;
  }

  drop(): void {
    this.dropped = true;
  }

  get events(): string[] {
    return [...this.text.matchAll(/^event: (\w+)/gm)].map((match) => match[1] as string);
  }
}

const ALL: ReadonlySet<Topic> = new Set(['status', 'event', 'config', 'nmea']);
const item = { id: 7, type: 'antenna', text: 'gone' } as EventItem;

function build(mostStreams?: number) {
  const timers = new VirtualTimers();
  const utc = () => ({ millis: Date.UTC(2026, 5, 1) + timers.now, trusted: true });
  return { timers, feed: new LiveFeed({ timers, utc, ...(mostStreams !== undefined && { mostStreams }) }) };
}

describe('the live feed', () => {
  test('sends each topic to those who asked for it', async () => {
    const { feed, timers } = build();
    const [all, some] = [new Reader(), new Reader()];
    feed.open(all, ALL);
    feed.open(some, new Set(['status']));
    feed.status(aStatus());
    feed.event(item);
    feed.config(12);
    feed.nmea('$GPZDA,1*00');
    feed.nmea('$GPGGA,2*00');
    await timers.advance(100);
    expect(all.events).toEqual(['status', 'event', 'config', 'nmea', 'nmea']);
    expect(some.events).toEqual(['status']);
    expect(all.text).toContain('id: 7\nevent: event\ndata: {"id":7,"type":"antenna","text":"gone"}\n\n');
    expect(all.text).toContain('event: config\ndata: {"revision":12}\n\n');
    expect(all.text).toContain('data: {"at":"2026-06-01T00:00:00.000Z","line":"$GPZDA,1*00"}\n\n');
    expect(all.text.startsWith('retry: 2000\n\n')).toBe(true);
  });

  test('says what was missed, then the status of now, then that it is alive', async () => {
    const { feed, timers } = build();
    feed.status(aStatus({ stratum: 16 }));
    const reader = new Reader();
    feed.open(reader, ALL, 'id: 3\nevent: event\ndata: {}\n\n');
    expect(reader.events).toEqual(['event', 'status']);
    expect(reader.text).toContain('"stratum":16');
    await timers.advance(31_000);
    expect(reader.text.match(/^: alive$/gm)).toHaveLength(2);
  });

  test('serialises a status once for all, and not at all for nobody', () => {
    const { feed } = build();
    let made = 0;
    const counted = { ...aStatus(), toJSON: () => ({ made: ++made }) };
    feed.status(counted);
    expect(made).toBe(0);
    const readers = Array.from({ length: 50 }, () => new Reader());
    for (const reader of readers) feed.open(reader, ALL);
    expect(made).toBe(1);
    feed.status(counted);
    expect(made).toBe(2);
    for (const reader of readers) expect(reader.events).toEqual(['status', 'status']);
  });

  test('a reader behind gets no status, one far behind is dropped', () => {
    const { feed } = build();
    const reader = new Reader();
    feed.open(reader, ALL);
    reader.behind = 100_000;
    feed.status(aStatus());
    feed.event(item);
    expect(reader.events).toEqual(['event']);
    reader.behind = 300_000;
    feed.event(item);
    expect(reader).toMatchObject({ dropped: true });
    expect(feed).toMatchObject({ streams: 0, dropped: 1 });
  });

  test('opens so many and no more; who goes makes room', () => {
    const { feed } = build(2);
    const first = feed.open(new Reader(), ALL);
    feed.open(new Reader(), ALL);
    const late = new Reader();
    expect(feed.open(late, ALL)).toBeUndefined();
    expect(late.text).toBe('');
    first?.closed();
    expect(feed.open(late, ALL)).toBeDefined();
    expect(build().feed.streams).toBe(0);
  });

  test('a login that has ended ends the stream', async () => {
    const { feed, timers } = build();
    const reader = new Reader();
    let allowed = true;
    feed.open(reader, ALL, '', () => allowed);
    await timers.advance(20_000);
    expect(reader.dropped).toBe(false);
    allowed = false;
    await timers.advance(15_000);
    expect(reader.dropped).toBe(true);
    expect(feed.streams).toBe(0);
  });

  test('closing ends all, for good', async () => {
    const { feed, timers } = build();
    const reader = new Reader();
    feed.open(reader, ALL);
    feed.nmea('$X');
    feed.close();
    await timers.advance(60_000);
    expect(reader.dropped).toBe(true);
    expect(reader.events).toEqual([]);
    expect(feed.open(new Reader(), ALL)).toBeUndefined();
  });
});
