/** What ntpq is told, from a whole simulated site in virtual time. */
import { describe, expect, test } from 'vitest';
import { type ControlStatus, ControlVariables } from '../src/control-variables.ts';
import { variableText } from '../src/ntp/control/write-variables.ts';
import { clockStatus, gateStatus, leapStatus, since } from '../src/status/status.ts';
import { shippedTable } from '../src/time/load-leap-table.ts';
import { posixFromNtp } from '../src/time/ntp-timestamp.ts';
import { formatUtc, parseUtc, posixFromUtc } from '../src/time/utc.ts';
import { Scenario } from './scenario/scenario.ts';

const START = '2026-12-05T11:00:00Z';
/** A crystal that is 12 ppm fast, 3 ms ahead at the start. */
const SITE = { oscillator: { initialOffset: 3e6, rate: 12_000 } };

class Site {
  readonly scenario = new Scenario({ start: START, world: SITE });
  readonly variables = new ControlVariables({
    refid: 'GPS',
    precision: -24,
    processor: 'cpu',
    system: 'OS/1',
  });
  contents = this.variables.update(this.status);

  constructor() {
    this.scenario.time.every(1000, () => {
      this.contents = this.variables.update(this.status);
    });
  }

  run(seconds: number): this {
    this.scenario.run(seconds);
    return this;
  }

  system(name: string): string | undefined {
    return [...this.contents.system, ...this.contents.systemByName].find(([known]) => known === name)?.[1];
  }

  peer(name: string): string | undefined {
    return this.contents.peer.find(([known]) => known === name)?.[1];
  }

  get status(): ControlStatus {
    const { keeper, world, elapsed } = this.scenario;
    const { discipline, leapTable, reference } = keeper;
    const now = world.clock.now();
    const estimate = discipline.estimateAt(now);
    const age = discipline.sampleAge(now);
    return {
      version: '1.2.3',
      uptimeSeconds: Math.floor(elapsed),
      state: discipline.state,
      stratum: discipline.serving ? 1 : 16,
      utc: estimate && discipline.serving ? formatUtc(leapTable.toUtc(estimate.tai), 6) : null,
      clock: {
        ...clockStatus(now, discipline, undefined),
        steering: { active: false, ratePpm: keeper.steeringRate / 1000, reason: '' },
      },
      reference: {
        ...reference.status(),
        secondsSinceSample: Number.isFinite(age) ? age : null,
        samples: { ...discipline.samples },
      },
      gate: gateStatus(now, discipline, reference.acceptedIn(now)),
      quality: discipline.quality.snapshot(),
      pps: {
        device: { state: 'open', device: '', reason: '' },
        edges: keeper.received.edges,
        secondsSinceEdge: since(now, keeper.received.lastEdge),
        jitterNs: estimate ? discipline.edgeSigma : null,
      },
      leap: leapStatus(leapTable, 'shipped', estimate?.tai),
    };
  }
}

/** `0x…` of a timestamp as POSIX seconds. */
function posixOf(text: string | undefined): number {
  const [seconds, fraction] = (text ?? '')
    .split('.')
    .map((part) => Number.parseInt(part.replace('0x', ''), 16));
  const { seconds: whole, nanos } = posixFromNtp({ seconds: seconds ?? 0, fraction: fraction ?? 0 }, 1.8e9);
  return whole + nanos / 1e9;
}

const startPosix = posixFromUtc(parseUtc(START) as NonNullable<ReturnType<typeof parseUtc>>);

describe('variables', () => {
  test('before the first edge: alarm, stratum 16, nothing reached', () => {
    const site = new Site();
    expect(site.contents.systemStatus).toBe(0xc016);
    expect(site.contents.peerStatus).toBe(0x8011);
    expect(site.system('leap')).toBe('3');
    expect(site.system('stratum')).toBe('16');
    expect(site.system('refid')).toBe('0.0.0.0');
    expect(site.system('peer')).toBe('0');
    expect(site.system('reftime')).toBe('0x00000000.00000000');
    expect(site.peer('reach')).toBe('0x0');
    expect(site.peer('flash')).toBe('0x1000');
    expect(site.peer('rec')).toBe('0x00000000.00000000');
  });

  test('locked: pps.peer, and figures in the units of ntpd', () => {
    const site = new Site().run(200);
    // leap_none, sync_pps, 2 events, clock_sync; conf, reach, sel_pps.peer, 3 events, sys_peer.
    expect(site.contents.systemStatus).toBe(0x0125);
    expect(site.contents.peerStatus).toBe(0x973a);
    expect(site.system('version')).toBe('"timeball 1.2.3"');
    expect(site.system('refid')).toBe('GPS');
    expect(site.system('peer')).toBe('1');
    expect(site.system('precision')).toBe('-24');
    expect(site.system('tai')).toBe('37');
    expect(site.system('expire')).toMatch(/^"20\d\d\d\d\d\d0000"$/);
    expect(site.peer('reach')).toBe('0xff');
    expect(site.peer('unreach')).toBe('0');
    // ppm, with ntpd's sign: what is added to the rate of a crystal that is 12 ppm fast.
    expect(Number(site.system('frequency'))).toBeGreaterThan(-12.5);
    expect(Number(site.system('frequency'))).toBeLessThan(-11.5);
    // ms: the served clock is within a few microseconds of the reference, whatever the local clock's own 3 ms.
    expect(Math.abs(Number(site.system('offset')))).toBeLessThan(0.01);
    expect(Number(site.system('offset'))).not.toBe(0);
    expect(Number(site.system('rootdisp'))).toBeGreaterThan(0);
    expect(Number(site.system('rootdisp'))).toBeLessThan(0.1);
    expect(Number(site.peer('jitter'))).toBeGreaterThan(0);
    expect(Number(site.peer('jitter'))).toBeLessThan(0.05);
  });

  test('reference time is that of the last edge used: a whole second', () => {
    const site = new Site().run(100);
    const reftime = posixOf(site.system('reftime'));
    expect(Math.abs(reftime - Math.round(reftime))).toBeLessThan(10e-6);
    expect(startPosix + 100 - reftime).toBeGreaterThanOrEqual(0);
    expect(startPosix + 100 - reftime).toBeLessThan(3);
    expect(site.peer('rec')).toBe(site.system('reftime'));
  });

  test('the default lists fit into a datagram whole, however long names and figures are', () => {
    const { system, peer } = new Site().run(100).contents;
    for (const variables of [system, peer]) {
      const text = variableText(variables, 468);
      for (const [name] of variables) expect(text).toContain(`${name}=`);
    }
  });
});

describe('holdover', () => {
  test('the peer is rejected at once, its reach falls poll by poll, time is served on', () => {
    const site = new Site().run(200);
    site.scenario.world.faults.setFault('antennaUnplugged', true);
    site.run(10);
    // leap_none, sync_local, no_sys_peer; conf, reach, reject.
    expect(site.contents.systemStatus).toBe(0x0538);
    expect(site.contents.peerStatus).toBe(0x903a);
    expect(site.system('stratum')).toBe('1');
    expect(site.system('peer')).toBe('0');
    const reached = new Set<string | undefined>();
    for (let i = 0; i < 150; i++) reached.add(site.run(1).peer('reach'));
    const falling = ['0xfe', '0xfc', '0xf8', '0xf0', '0xe0', '0xc0', '0x80', '0x0'];
    expect([...reached].filter((reach) => reach !== '0xff')).toEqual(falling);
    // conf, reject, unreachable.
    expect(site.contents.peerStatus).toBe(0x8043);
    expect(Number(site.peer('unreach'))).toBeGreaterThanOrEqual(8);
    expect(startPosix + 360 - posixOf(site.peer('rec'))).toBeGreaterThan(150);
    site.scenario.world.faults.setFault('antennaUnplugged', false);
    site.run(60);
    expect(site.contents.systemStatus & 0xff0f).toBe(0x0105);
    expect(site.contents.peerStatus & 0xff0f).toBe(0x970a);
    expect(site.peer('unreach')).toBe('0');
  });

  test('edges that contradict the clock make a falseticker', () => {
    const site = new Site().run(600);
    site.scenario.world.faults.setFault('timeJump', 0.000_5);
    site.run(10);
    expect(site.contents.peerStatus >> 8).toBe(0x91);
    expect(site.system('stratum')).toBe('1');
  });
});

describe('a leap second', () => {
  test('leapsec is the first minute with the new count', () => {
    const { table } = shippedTable();
    const tai = table.toTai(parseUtc('2016-12-05T00:00:00Z') as NonNullable<ReturnType<typeof parseUtc>>);
    const leap = leapStatus(table, 'shipped', tai);
    expect(leap.next).toEqual({ date: '2016-12-31', direction: 'insert' });
    const { variables, status } = new Site();
    const given = variables.update({ ...status, leap });
    expect(given.system.find(([name]) => name === 'leapsec')?.[1]).toBe('"201701010000"');
  });
});

test.each(['a,b', 'x="y'])('refid %s can not end its value', (refid) => {
  const variables = new ControlVariables({ refid: refid.slice(0, 4), precision: -24 });
  const site = new Site().run(60);
  const { peer } = variables.update(site.status);
  expect(peer.find(([name]) => name === 'refid')?.[1]).toMatch(/^[^",=]+$/);
});
