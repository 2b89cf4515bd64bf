/** Conditions over successive snapshots: when each is raised, when cleared, and what does not shake it. */
import { describe, expect, test } from 'vitest';
import { type Change, nextConditions, noConditions } from '../../src/events/conditions.ts';
import type { EventType } from '../../src/events/event-types.ts';
import type { Observation } from '../../src/events/facts.ts';
import type { Status } from '../../src/status/status.ts';
import { aStatus, type Otherwise, SKY } from '../support/a-status.ts';

class Watching {
  now = 0;
  /** What has changed, with the second in which it did. */
  readonly log: { at: number; change: Change }[] = [];
  #conditions = noConditions();

  see(seconds: number, otherwise: Otherwise = {}, more: Partial<Observation> = {}): this {
    for (let i = 0; i < seconds; i++) {
      const { conditions, changes } = nextConditions(this.#conditions, {
        status: aStatus(otherwise),
        monotonic: ++this.now,
        ...more,
      });
      this.#conditions = conditions;
      this.log.push(...changes.map((change) => ({ at: this.now, change })));
    }
    return this;
  }

  of(type: EventType): string[] {
    return this.log
      .filter(({ change }) => change.type === type)
      .map(({ at, change }) => `${change.change} ${at}`);
  }

  text(type: EventType): string {
    const found = this.log.find(({ change }) => change.type === type && change.change === 'raise');
    return found?.change.change === 'raise' ? found.change.text : '';
  }
}

const receiver = (more: Partial<Status['receiver']>): Otherwise => ({ receiver: more });

describe('conditions', () => {
  test('a healthy appliance raises only that it is locked', () => {
    const watching = new Watching().see(3600);
    expect(watching.log.filter(({ change }) => change.change === 'raise')).toEqual([
      {
        at: 1,
        change: {
          change: 'raise',
          type: 'clock-locked',
          text: expect.stringContaining('0.5 µs'),
          data: { boundNs: 450 },
        },
      },
    ]);
  });

  test('the clock is lost at once, found after 3 s, and said to be locked again', () => {
    const watching = new Watching().see(5);
    watching.see(10, { state: 'holdover', reason: 'no edges for 4 s' }).see(2);
    watching.see(1, { state: 'holdover', reason: 'no edges' }).see(10);
    expect(watching.of('clock-lost').slice(1)).toEqual(['raise 6', 'clear 22']);
    expect(watching.of('clock-locked')).toEqual(['raise 1', 'raise 22']);
    expect(watching.text('clock-lost')).toBe('holdover: no edges for 4 s');
  });

  test('before it was locked for the first time nothing is lost', () => {
    const watching = new Watching().see(600, { state: 'acquiring', reason: 'labelling' });
    expect(watching.log.filter(({ change }) => change.change === 'raise')).toEqual([]);
    expect(watching.of('clock-lost')).toEqual([]);
  });

  test('the end of holdover nears, with hysteresis, and comes', () => {
    const holdover = (serviceEnds: number): Otherwise => ({
      state: 'holdover',
      reason: 'no edges',
      holdover: { secondsUntil: { bound10us: 0, bound100us: 0, bound1ms: 0, serviceEnds, clientsReject: 1 } },
    });
    const watching = new Watching()
      .see(3)
      .see(10, holdover(1801))
      .see(10, holdover(1799))
      .see(10, holdover(2300));
    expect(watching.of('holdover-limit-near').slice(1)).toEqual(['raise 14']);
    watching.see(10, { state: 'expired', reason: 'over', holdover: { secondsUntil: null } });
    watching.see(5, { state: 'acquiring', reason: 'edges come' }).see(5);
    expect(watching.of('holdover-limit-near').slice(2)).toEqual(['clear 37']);
    expect(watching.of('holdover-ended').slice(1)).toEqual(['raise 34', 'clear 52']);
  });

  test('an antenna that is unplugged, and nothing else, is an antenna', () => {
    const watching = new Watching()
      .see(400)
      .see(60, receiver({ fixType: 'none', satellites: [], satellitesUsed: 0 }));
    expect(watching.of('antenna').slice(1)).toEqual(['raise 421']);
    expect(watching.of('jamming-suspected')).toEqual(['clear 61']);
    watching.see(30);
    expect(watching.of('antenna').slice(2)).toEqual(['clear 481']);
  });

  test('a cold start has three minutes to find a satellite', () => {
    const none = receiver({ fixType: 'none', satellites: [] });
    expect(new Watching().see(170, none).see(30).of('antenna')).toEqual(['clear 191']);
    expect(new Watching().see(190, none).of('antenna')).toEqual(['raise 181']);
  });

  test('signals that all grow weak are jamming; a slow change and a short dip are not', () => {
    const weaker = (dB: number) =>
      receiver({ satellites: SKY.map((sat) => ({ ...sat, signal: sat.signal - dB })) });
    const watching = new Watching().see(600).see(15, weaker(12)).see(5).see(30, weaker(12));
    expect(watching.of('jamming-suspected').slice(1)).toEqual(['raise 641']);
    expect(watching.text('jamming-suspected')).toContain('12 dB weaker');
    // At 6 dB it is not over yet; at 3 it is.
    watching.see(100, weaker(6)).see(100, weaker(3));
    expect(watching.of('jamming-suspected').slice(2)).toEqual(['clear 811']);
    const slow = new Watching().see(600);
    for (let dB = 0; dB < 15; dB += 0.5) slow.see(600, weaker(dB));
    expect(slow.of('jamming-suspected').filter((one) => one.startsWith('raise'))).toEqual([]);
  });

  test.each<[string, Otherwise, string]>([
    [
      'a jump of the position',
      { reference: { refusal: 'position-moved', reason: '5000 m from where it stood' } },
      '5000 m',
    ],
    [
      'a time against the kept one',
      { reference: { refusal: 'kept-time', reason: 'ahead by 2.000 s' } },
      'ahead',
    ],
    [
      'edges that contradict',
      { state: 'holdover', reason: 'edges contradict the clock', gate: { contradictingEdges: 9 } },
      'edges',
    ],
    ['a slow pull', { gate: { exposed: 'the reference pulled' } }, 'pulled'],
  ])('%s is spoofing', (_, otherwise, text) => {
    const watching = new Watching().see(50).see(10, otherwise).see(40);
    expect(watching.of('spoofing-suspected').slice(1)).toEqual(['raise 54', 'clear 91']);
    expect(watching.text('spoofing-suspected')).toContain(text);
  });

  test('a leap second is announced once, and again when it is another', () => {
    const leap = (date: string): Otherwise => ({ leap: { next: { date, direction: 'insert' } } });
    const watching = new Watching().see(5).see(100, leap('2026-06-30')).see(100, leap('2026-12-31')).see(5);
    expect(watching.of('leap-announced').slice(1)).toEqual([
      'raise 6',
      'clear 106',
      'raise 106',
      'clear 206',
    ]);
    expect(watching.text('leap-announced')).toBe(
      'a leap second will be inserted at the end of 2026-06-30 (UTC)',
    );
  });

  test('the leap table is told to expire, and that it has, as far as the date is known', () => {
    const leap = (expires: string): Otherwise => ({ leap: { expires, expired: false } });
    const watching = new Watching().see(5, { ...leap('2026-07-01'), utc: null });
    expect(watching.of('leap-table-expiring')).toEqual([]);
    watching.see(5, leap('2026-07-31')).see(5, leap('2026-07-30')).see(5, leap('2026-05-30'));
    expect(watching.of('leap-table-expiring')).toEqual(['clear 6', 'raise 11', 'clear 16', 'raise 16']);
  });

  test('heat, with hysteresis', () => {
    const at = (temperatureC: number | null): Otherwise => ({ environment: { temperatureC } });
    const watching = new Watching().see(100).see(29, at(85)).see(10, at(79)).see(40, at(81)).see(100, at(76));
    expect(watching.of('temperature-high').slice(1)).toEqual(['raise 170']);
    watching.see(50, at(null)).see(70, at(74));
    expect(watching.of('temperature-high').slice(2)).toEqual(['clear 390']);
  });

  test('a full disk, and one that can not be written', () => {
    const disk = (freeShare: number) => ({
      disk: { freeShare, freeBytes: freeShare * 1e9 },
      writeProblem: '',
    });
    const watching = new Watching().see(100, {}, disk(0.5)).see(10, {}, disk(0.04)).see(100, {}, disk(0.07));
    expect(watching.of('disk-full').slice(1)).toEqual(['raise 101']);
    watching.see(100, {}, disk(0.5));
    expect(watching.of('disk-full').slice(2)).toEqual(['clear 271']);
    watching.see(5, {}, { ...disk(0.5), writeProblem: 'read-only' });
    expect(watching.of('disk-full').slice(3)).toEqual(['raise 311']);
  });

  test('receiver and PPS that fall silent; the receiver has a while to wake up', () => {
    const watching = new Watching().see(14, { ...receiver({ secondsSinceBytes: null }), uptimeSeconds: 14 });
    expect(
      watching.log.filter(({ change }) => change.type === 'receiver-lost' && change.change === 'raise'),
    ).toEqual([]);
    watching
      .see(10)
      .see(10, { ...receiver({ secondsSinceBytes: 6 }), pps: { secondsSinceEdge: 6 } })
      .see(10);
    expect(watching.of('receiver-lost').filter((one) => one.startsWith('raise'))).toEqual(['raise 25']);
    expect(watching.of('pps-lost').slice(1)).toEqual(['raise 25', 'clear 40']);
  });

  test('denied traffic is told once, with who causes most of it, and cleared after ten quiet minutes', () => {
    let denied = 0;
    const watching = new Watching().see(70);
    const flood = (seconds: number, each: number) => {
      for (let i = 0; i < seconds; i++) {
        denied += each;
        watching.see(
          1,
          { ntp: { counters: { denied, served: 10 * denied } } },
          { sources: () => ['192.0.2.7'] },
        );
      }
    };
    flood(300, 100);
    const [raised] = watching.of('denied-traffic').filter((one) => one.startsWith('raise'));
    expect(raised).toBe('raise 71');
    expect(watching.text('denied-traffic')).toContain('most from 192.0.2.7');
    flood(659, 0);
    expect(watching.of('denied-traffic')).toEqual(['raise 71']);
    flood(10, 0);
    expect(watching.of('denied-traffic')).toEqual(['raise 71', 'clear 1030']);
    expect(watching.of('rate-limited-traffic').filter((one) => one.startsWith('raise'))).toEqual([]);
  });
});
