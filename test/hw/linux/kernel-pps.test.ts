import { describe, expect, it } from 'vitest';
import { KernelPps } from '../../../hw/linux/kernel-pps.ts';
import { PpsDriver } from '../../../hw/linux/pps-driver.ts';
import { FakePps } from './fake-devices.ts';
import { EACCES, FakeKernel } from './fake-kernel.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

function world(edge: 'rising' | 'falling' = 'rising') {
  const timers = new VirtualTimers();
  const kernel = new FakeKernel(timers);
  const pps = new FakePps(kernel);
  kernel.paths.set('/dev/pps0', () => pps.open());
  const sources = () => [new KernelPps(kernel, '/dev/pps0', edge)];
  const driver = new PpsDriver({ device: '/dev/pps0', timers, sources });
  return { timers, kernel, pps, driver, heard: new Recorder() };
}

describe('kernel PPS', () => {
  it('hands on both edges with their stamps, in order, under one count', async () => {
    const { timers, kernel, pps, driver, heard } = world();
    pps.mode = 0x13;
    pps.edge('assert', 1_799_999_990, 7); // before we looked: not ours
    kernel.at(1000, () => pps.edge('assert', 1_800_000_001, 123));
    kernel.at(1100, () => pps.edge('clear', 1_800_000_001, 100_000_456));
    kernel.at(2000, () => pps.edge('assert', 1_800_000_002, 125));
    driver.open(heard);
    await timers.advance(2500);
    expect(heard.edges).toEqual([
      edge(1_800_000_001, 123, 'assert', 2),
      edge(1_800_000_001, 100_000_456, 'clear', 3),
      edge(1_800_000_002, 125, 'assert', 4),
    ]);
    expect(heard.lastState).toEqual({ state: 'open', device: 'kernel PPS /dev/pps0', reason: '' });
  });

  it('makes two edges of two that came between two looks', async () => {
    const { timers, kernel, pps, driver, heard } = world();
    driver.open(heard);
    await timers.advance(0);
    pps.edge('clear', 1_800_000_000, 900);
    pps.edge('assert', 1_800_000_001, 0);
    await timers.advance(300);
    expect(heard.edges.map((e) => [e.polarity, e.sequence])).toEqual([
      ['clear', 1],
      ['assert', 2],
    ]);
    expect(kernel.openFiles).toBe(1);
  });

  it('shows lost edges as a gap, and counts over 32 bits', async () => {
    const { timers, kernel, pps, driver, heard } = world();
    pps.edge('assert', 1, 0, 0xfffffffe);
    kernel.at(1000, () => pps.edge('assert', 1_800_000_001, 0));
    kernel.at(4000, () => pps.edge('assert', 1_800_000_004, 0, 3));
    driver.open(heard);
    await timers.advance(4500);
    expect(heard.edges.map((e) => e.sequence)).toEqual([0xffffffff, 2]);
  });

  it('reports the clear edge as the assert where the falling edge marks the second', async () => {
    const { timers, kernel, pps, driver, heard } = world('falling');
    kernel.at(900, () => pps.edge('assert', 1_800_000_000, 9e8));
    kernel.at(1000, () => pps.edge('clear', 1_800_000_001, 0));
    driver.open(heard);
    await timers.advance(1500);
    expect(heard.edges.map((e) => [e.polarity, e.at.nanos])).toEqual([
      ['clear', 9e8],
      ['assert', 0],
    ]);
  });

  it('never waits in the kernel for longer than 200 ms', async () => {
    const { timers, pps, driver, heard } = world();
    driver.open(heard);
    await timers.advance(2000);
    expect(pps.timeouts.length).toBeGreaterThan(10);
    expect(pps.timeouts.every(({ seconds, nanos }) => seconds === 0 && nanos <= 200_000_000)).toBe(true);
    expect(heard.states.map((state) => state.state)).toEqual(['opening', 'open']);
  });

  it('takes a wait that a signal cut short for one without an edge', async () => {
    const { timers, kernel, pps, driver, heard } = world();
    pps.interruptions = 3;
    kernel.at(1000, () => pps.edge('assert', 1_800_000_001, 0));
    driver.open(heard);
    await timers.advance(1500);
    expect(pps.interruptions).toBe(0);
    expect(heard.edges).toHaveLength(1);
    expect(heard.states.map((state) => state.state)).toEqual(['opening', 'open']);
  });

  it('is retried soon after a failure, once it has proven to work', async () => {
    const { timers, kernel, pps, driver, heard } = world();
    pps.gone = true;
    driver.open(heard);
    await timers.advance(20_000);
    pps.gone = false;
    await timers.advance(10_000);
    pps.edge('assert', 1_800_000_030, 0);
    await timers.advance(1000);
    pps.gone = true;
    await timers.advance(300);
    const before = kernel.opened.length;
    await timers.advance(1000);
    expect(heard.lastState?.state).toBe('failed');
    expect(kernel.opened.length - before).toBe(1); // at 750 ms; not after another 10 s
  });

  it('sets capture of both edges up and keeps the other parameters', async () => {
    const { timers, pps, driver, heard } = world();
    driver.open(heard);
    await timers.advance(100);
    expect(pps.mode).toBe(0x13);
    expect(pps.requests.slice(0, 3)).toEqual([0x800870a3, 0x800870a1, 0x400870a2]);
  });

  it('makes do with the one edge it needs where it may not set the other up', async () => {
    const { timers, kernel, pps, driver, heard } = world();
    pps.privileged = false;
    kernel.at(1000, () => pps.edge('assert', 1_800_000_001, 0));
    driver.open(heard);
    await timers.advance(1500);
    expect(heard.edges).toHaveLength(1);
  });

  it.each([
    ['missing', (w: World) => w.kernel.paths.clear(), /\/dev\/pps0 does not exist: .*overlay/],
    [
      'not permitted',
      (w: World) => w.kernel.paths.set('/dev/pps0', () => -EACCES),
      /no permission .*\/dev\/pps0/,
    ],
    [
      'no PPS device',
      (w: World) => w.kernel.paths.set('/dev/pps0', () => ({ ioctl: () => -25 })),
      /not a PPS/,
    ],
    [
      'not capturing',
      (w: World) => Object.assign(w.pps, { privileged: false, mode: 0x10 }),
      /CAP_SYS_TIME: grant/,
    ],
    ['unable', (w: World) => Object.assign(w.pps, { capabilities: 0x1102 }), /assert edges: set pps.edge/],
  ])('says what to do when it is %s, once, and leaves nothing open', async (_name, spoil, reason) => {
    const w = world();
    spoil(w);
    w.driver.open(w.heard);
    await w.timers.advance(30_000);
    expect(w.heard.states.map((state) => state.state)).toEqual(['opening', 'failed']);
    expect(w.heard.lastState?.reason).toMatch(reason);
    expect(w.kernel.openFiles).toBe(0);
  });

  it.each([true, false])('comes back after the device vanished (kernel tells: %s)', async (tells) => {
    const { timers, kernel, pps, driver, heard } = world();
    driver.open(heard);
    await timers.advance(500);
    pps.gone = true;
    if (!tells) {
      // An older kernel: the open file stays quiet, only the path is missing.
      pps.gone = false;
      kernel.paths.delete('/dev/pps0');
    }
    await timers.advance(4000);
    expect(heard.lastState?.state).toBe('failed');
    expect(heard.lastState?.reason).toMatch(/went away|does not exist/);
    pps.gone = false;
    kernel.paths.set('/dev/pps0', () => pps.open());
    kernel.at(20_000, () => pps.edge('assert', 1_800_000_020, 0));
    await timers.advance(20_500);
    expect(heard.lastState?.state).toBe('open');
    expect(heard.edges).toHaveLength(1);
    await driver.close();
    expect(kernel.openFiles).toBe(0);
    expect(heard.lastState?.state).toBe('closed');
  });
});

type World = ReturnType<typeof world>;

function edge(seconds: number, nanos: number, polarity: 'assert' | 'clear', sequence: number) {
  return { at: { seconds, nanos }, sequence, polarity, stampedBy: 'kernel', timescale: 'realtime' };
}
