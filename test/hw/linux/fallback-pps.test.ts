import { describe, expect, it } from 'vitest';
import { FallbackPps } from '../../../hw/linux/fallback-pps.ts';
import type { DeviceState, Edge, PpsDevice, PpsListener } from '../../../hw/ports.ts';
import { instant } from '../../../src/time/instant.ts';
import { Recorder } from './recorder.ts';
import { VirtualTimers } from './virtual-timers.ts';

class Device implements PpsDevice {
  listener: PpsListener | undefined;
  closed = false;
  open(listener: PpsListener): void {
    this.listener = listener;
  }
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
  say(state: DeviceState['state'], device: string, reason = ''): void {
    this.listener?.state({ state, device, reason });
  }
  edge(sequence: number): void {
    const edge: Edge = {
      at: instant(0),
      sequence,
      polarity: 'assert',
      stampedBy: 'kernel',
      timescale: 'realtime',
    };
    this.listener?.edge(edge);
  }
}

function world() {
  const timers = new VirtualTimers();
  const preferred: Device[] = [];
  const fallback: Device[] = [];
  const make = (list: Device[]) => () => list[list.push(new Device()) - 1] as Device;
  const pps = new FallbackPps({ preferred: make(preferred), fallback: make(fallback), timers });
  const heard = new Recorder();
  pps.open(heard);
  return { timers, preferred, fallback, pps, heard };
}

describe('second best', () => {
  it('stays out while the preferred device is merely late', async () => {
    const { timers, preferred, fallback, heard } = world();
    preferred[0]?.say('failed', 'auto', 'no /dev/pps0');
    await timers.advance(1000);
    preferred[0]?.say('open', 'kernel PPS');
    await timers.advance(10_000);
    expect(fallback).toHaveLength(0);
    expect(heard.lastState?.device).toBe('kernel PPS');
  });

  it('takes over, says why, and hands back when it fails', async () => {
    const { timers, preferred, fallback, heard } = world();
    preferred[0]?.say('failed', 'auto', 'no /dev/pps0');
    await timers.advance(2000);
    fallback[0]?.say('open', 'onoff');
    expect(preferred[0]?.closed).toBe(true);
    expect(heard.lastState).toEqual({ state: 'open', device: 'onoff, as no /dev/pps0', reason: '' });
    fallback[0]?.edge(1);
    preferred[0]?.edge(99); // a late word from the one that was closed
    expect(heard.edges.map((edge) => edge.sequence)).toEqual([1]);
    fallback[0]?.say('failed', 'onoff', 'lost');
    expect(fallback[0]?.closed).toBe(true);
    preferred[1]?.say('open', 'kernel PPS');
    expect(heard.lastState?.device).toBe('kernel PPS');
  });

  it('gives both reasons when neither works, and stops when the preferred one comes', async () => {
    const { timers, preferred, fallback, heard } = world();
    preferred[0]?.say('failed', 'auto', 'no /dev/pps0');
    await timers.advance(2000);
    fallback[0]?.say('failed', 'onoff', 'not installed');
    expect(heard.lastState?.reason).toBe('no /dev/pps0; not installed');
    preferred[0]?.say('open', 'kernel PPS');
    expect(fallback[0]?.closed).toBe(true);
  });

  it('closes whatever is open, and starts nothing afterwards', async () => {
    const { timers, preferred, fallback, pps, heard } = world();
    preferred[0]?.say('failed', 'auto', 'no /dev/pps0');
    await pps.close();
    await timers.advance(10_000);
    expect([preferred[0]?.closed, fallback.length, heard.lastState?.state]).toEqual([true, 0, 'closed']);
  });
});
