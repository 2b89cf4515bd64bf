import { describe, expect, it } from 'vitest';
import type { Timers } from '../../../hw/ports.ts';
import { parseLog } from '../../../hw/sim/replay.ts';
import { MachineTruth } from '../../../hw/sim/truth.ts';
import { VirtualTime } from '../../../hw/sim/virtual-time.ts';
import { createWorld } from '../../../hw/sim/world.ts';
import { sealed } from '../../../src/nmea/checksum.ts';
import { difference, secondsBetween } from '../../../src/time/instant.ts';
import { LEAP_TABLE, ofType, openLab, sentences, tai } from './lab.ts';

const NOON = '2026-03-01T12:00:00Z';

describe('createWorld', () => {
  it('is the same world for the same seed, bit for bit, and another for another', () => {
    const run = (seed: number) => {
      const lab = openLab(NOON, { seed });
      lab.world.faults.setFault('corruptBytes', 0.001);
      lab.time.runFor(300);
      const readings = [lab.world.thermometer.read(), lab.world.load.read(), lab.world.clock.now()];
      return { text: lab.text(), edges: lab.edges, stamps: lab.stamps, readings };
    };
    const first = run(1);
    expect(run(1)).toEqual(first);
    expect(run(2).text).not.toBe(first.text);
  });

  it('stamps with a local clock that is 0.8 s and 12 ppm off unless told otherwise', () => {
    const { time, world } = openLab(NOON);
    expect(world.clock.errorAt(time.now())).toBe(8e8);
    time.runFor(1000);
    const ppm = (world.clock.errorAt(time.now()) - 8e8) / 1e6;
    expect(ppm).toBeGreaterThan(11);
    expect(ppm).toBeLessThan(13);
    const other = openLab(NOON, { oscillator: { initialOffset: -5e6, rate: 0 } });
    expect(other.world.clock.errorAt(other.time.now())).toBe(-5e6);
  });

  it('counts local seconds on through a leap second', () => {
    const { time, world } = openLab('2016-12-31T23:59:58Z', { oscillator: { initialOffset: 0 } });
    const before = world.clock.now();
    time.runFor(4);
    expect(difference(world.clock.now(), before) / 1e9).toBeCloseTo(4, 3);
    expect(world.clock.taiMinusMachine).toBe(36);
  });

  it('speaks only every n-th second when thinned, and then of the right second', () => {
    const lab = openLab(NOON, { thinning: 16, receiver: { sentences: ['RMC', 'GGA'] } });
    lab.time.runFor(160.9);
    const shown = ofType(lab.text(), 'RMC').map(({ fields }) => Number(fields[0]?.slice(4)));
    expect(shown).toHaveLength(10);
    expect(lab.edges).toHaveLength(20);
    for (const { seconds } of lab.told) expect(seconds % 16).toBe(0);
  });

  it('runs two months thinned, quickly', () => {
    const lab = openLab(NOON, {
      thinning: 240,
      receiver: { sentences: ['RMC', 'GGA'] },
      pps: { clearEdges: false },
    });
    const bursts = (60 * 86_400) / 240;
    const before = process.cpuUsage();
    lab.time.runFor(60 * 86_400 + 120);
    const { user, system } = process.cpuUsage(before);
    expect(lab.edges).toHaveLength(bursts);
    expect(sentences(lab.text())).toHaveLength(2 * bursts);
    // Ten times slower than measured: fails on a change of complexity, not on a busy machine.
    expect((user + system) / bursts).toBeLessThan(400);
  });

  it('says nothing more once stopped', () => {
    const lab = openLab(NOON);
    lab.time.runFor(2.9);
    lab.world.stop();
    lab.forget();
    lab.time.runFor(10);
    expect(lab.text()).toBe('');
    expect(lab.edges).toEqual([]);
  });

  it('runs on real timers by the machine clock, writing into a sink', async () => {
    const stops: (() => void)[] = [];
    const timers: Timers = {
      every: (milliseconds, task) => {
        const timer = setInterval(task, milliseconds);
        return () => clearInterval(timer);
      },
      after: (milliseconds, task) => {
        const timer = setTimeout(task, milliseconds);
        stops.push(() => clearTimeout(timer));
        return () => clearTimeout(timer);
      },
      monotonic: () => performance.now() / 1000,
    };
    const read = () => {
      const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
      return { seconds: Math.floor(micros / 1e6), nanos: (micros % 1e6) * 1000 };
    };
    const truth = new MachineTruth(read, 37);
    let text = '';
    const edge = new Promise<number>((resolve) => {
      const world = createWorld({
        seed: 1,
        truth,
        timers,
        leapTable: LEAP_TABLE,
        receiver: { sentences: ['RMC'], delay: 10, delayJitter: 1 },
        serialSink: (bytes) => {
          text += Buffer.from(bytes).toString('latin1');
          if (text.endsWith('\r\n')) resolve(world.clock.errorAt(truth.now()));
        },
      });
      stops.push(() => world.stop());
    });
    expect((await edge) / 8e8).toBeCloseTo(1, 3);
    for (const stop of stops) stop();
    const shown = ofType(text, 'RMC')[0]?.fields[0] ?? '';
    const now = LEAP_TABLE.toUtc(truth.now()).second;
    const named = Number(shown.slice(0, 2)) * 3600 + Number(shown.slice(2, 4)) * 60 + Number(shown.slice(4));
    expect((now - named + 86_400) % 86_400).toBeLessThanOrEqual(2);
  });
});

describe('a log in the place of the receiver', () => {
  const log = ['120000.50', '120001.00', '120001.50', '120002.00']
    .map((time) => sealed(`GPRMC,${time},A,5128.67,N,00000.09,W,0.0,,010320,,,A`))
    .join('');
  const epochs = parseLog(Buffer.from(log));

  it('is sent at the times it names, with an edge at every true second', () => {
    const lab = openLab('2020-03-01T12:00:00Z', { log: { epochs, rebase: false, loop: false } });
    lab.time.runFor(5.5);
    expect(lab.text()).toBe(log);
    const phases = lab.stamps.map((stamp) => difference(stamp, lab.stamps[0] ?? stamp) / 1e9);
    expect(phases.filter((_, i) => i % 2 === 0).every((phase, i) => Math.abs(phase - i / 2) < 0.001)).toBe(
      true,
    );
    expect(lab.edges.filter(({ polarity }) => polarity === 'assert')).toHaveLength(5);
  });

  it('is moved to the present, starts again at its end, and suffers from the line like any', () => {
    const lab = openLab(NOON, { log: { epochs, rebase: true, loop: true } });
    lab.time.runFor(10);
    const shown = ofType(lab.text(), 'RMC').map(({ fields }) => fields[0]);
    expect(shown.slice(0, 6)).toEqual([
      '120001.50',
      '120002.00',
      '120002.50',
      '120003.00',
      '120003.50',
      '120004.00',
    ]);
    expect(ofType(lab.text(), 'RMC')[0]?.fields[8]).toBe('010326');
    expect(shown.length).toBeGreaterThan(15);
    lab.world.faults.setFault('receiverRestart', 2);
    lab.forget();
    lab.time.runFor(2);
    expect(lab.text()).toBe('');
  });
});

describe('VirtualTime as a world', () => {
  it('needs no timers of its own', () => {
    const time = new VirtualTime(tai(NOON));
    const world = createWorld({ seed: 1, truth: time, timers: time, leapTable: LEAP_TABLE });
    time.runFor(3600);
    expect(secondsBetween(time.now(), tai(NOON))).toBe(3600);
    world.stop();
  });
});
