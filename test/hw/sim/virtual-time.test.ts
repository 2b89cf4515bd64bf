import { describe, expect, it } from 'vitest';
import { Random } from '../../../hw/sim/random.ts';
import { TimerScheduler } from '../../../hw/sim/scheduler.ts';
import { MachineTruth } from '../../../hw/sim/truth.ts';
import { VirtualTime } from '../../../hw/sim/virtual-time.ts';
import { add, difference, instant } from '../../../src/time/instant.ts';

const START = instant<'TAI'>(1_800_000_000, 500);

describe('VirtualTime', () => {
  it('runs events in the order of their times, and of asking at the same time', () => {
    const time = new VirtualTime(START);
    const random = new Random(3);
    const ran: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const delay = random.next() % 1000;
      time.at(add(START, delay), () => ran.push(delay * 10_000 + i));
    }
    time.runFor(1);
    expect(ran).toHaveLength(2000);
    expect(ran).toEqual([...ran].sort((a, b) => a - b));
  });

  it('stands at the event while it runs, to the nanosecond, and at the goal afterwards', () => {
    const time = new VirtualTime(START);
    const at = instant<'TAI'>(START.seconds + 40_000_000, 123_456_789);
    let seen = START;
    time.at(at, () => {
      seen = time.now();
    });
    time.runUntil(instant(at.seconds + 1));
    expect(seen).toEqual(at);
    expect(time.now()).toEqual(instant(at.seconds + 1));
    expect(time.monotonic()).toBeCloseTo(40_000_001 - 500e-9, 6);
  });

  it('repeats without drift and stops when told, from within too', () => {
    const time = new VirtualTime(START);
    const seen: number[] = [];
    const stop = time.every(333.333333, () => {
      seen.push(difference(time.now(), START));
      if (seen.length === 3000) stop();
    });
    time.runFor(2000);
    expect(seen).toHaveLength(3000);
    expect(seen.at(-1)).toBeCloseTo(3000 * 333_333_333, -2);
  });

  it('leaves out what was cancelled and runs what is late at once', () => {
    const time = new VirtualTime(START);
    const ran: string[] = [];
    time.after(10, () => ran.push('cancelled'))();
    time.at(add(START, -1e9), () => ran.push(`late ${difference(time.now(), START)}`));
    expect(time.step()).toBe(true);
    expect(time.step()).toBe(false);
    expect(ran).toEqual(['late 0']);
  });
});

describe('TimerScheduler', () => {
  it('waits by true time, whatever happens to it meanwhile', () => {
    const timers = new VirtualTime(START);
    let offset = 0;
    const read = () => {
      const { seconds, nanos } = timers.now();
      return { seconds: seconds + offset - 37, nanos };
    };
    const truth = new MachineTruth(read, 37);
    const scheduler = new TimerScheduler(truth, timers);
    const ran: number[] = [];
    scheduler.at(add(START, 60e9), () => ran.push(timers.monotonic()));
    scheduler.at(add(START, 61e9), () => ran.push(-1))();
    timers.runFor(30);
    offset = -5; // the machine's clock was set back
    timers.runFor(60);
    expect(ran).toEqual([65]);
  });

  it('is late where its timers are, and never out of order', () => {
    const timers = new VirtualTime(START);
    const late = new VirtualTime(START); // what its timers follow: a loop that is kept by something else
    const scheduler = new TimerScheduler(timers, late);
    const ran: string[] = [];
    const line = (name: string, at: number, chunks: number) => {
      scheduler.at(add(START, at * 1e6), () => {
        ran.push(name);
        if (chunks > 1) line(name, at + 10, chunks - 1);
      });
    };
    // Two bursts of four chunks each, the second asked for first: on the wire they follow each other.
    line('b', 50, 4);
    line('a', 5, 4);
    timers.runFor(1);
    expect(ran).toEqual([]);
    late.runFor(1);
    expect(ran.join('')).toBe('aaaabbbb');
  });

  it('an event that is nearer than the one waited for is not late', () => {
    const timers = new VirtualTime(START);
    const scheduler = new TimerScheduler(timers, timers);
    const ran: number[] = [];
    for (const at of [5, 1, 3, 2, 4]) scheduler.at(add(START, at * 1e9), () => ran.push(timers.monotonic()));
    timers.runFor(6);
    expect(ran).toEqual([1, 2, 3, 4, 5]);
  });

  it('an event that fails does not stop those behind it', () => {
    const timers = new VirtualTime(START);
    const scheduler = new TimerScheduler(timers, timers);
    let ran = false;
    scheduler.at(add(START, 1e9), () => {
      throw new Error('broken');
    });
    scheduler.at(add(START, 1e9), () => {
      ran = true;
    });
    expect(() => timers.runFor(2)).toThrow('broken');
    timers.runFor(2);
    expect(ran).toBe(true);
  });

  it('runs what is already due without waiting for more than one turn', () => {
    const timers = new VirtualTime(START);
    const scheduler = new TimerScheduler(timers, timers);
    let ran = false;
    scheduler.at(add(START, -1), () => {
      ran = true;
    });
    expect(ran).toBe(false);
    timers.step();
    expect(ran).toBe(true);
    expect(timers.now()).toEqual(START);
  });
});
