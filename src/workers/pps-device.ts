/**
 * From the settings to the PPS device: kernel-stamped sources in a thread of their own, `onoff` in this thread,
 * and with `auto` the first unless it is not to be had. A line that is to be found needs the kernel's stamps: `onoff`
 * takes its line by number.
 */
import { FallbackPps } from '../../hw/linux/fallback-pps.ts';
import { OnoffPps } from '../../hw/linux/onoff-pps.ts';
import { PpsDriver } from '../../hw/linux/pps-driver.ts';
import { type PpsSettings, unusableSource } from '../../hw/linux/pps-source.ts';
import type { LocalClock, PpsDevice, Timers } from '../../hw/ports.ts';
import { EdgesHost } from './edges-host.ts';

export interface PpsDeviceOptions {
  readonly settings: PpsSettings;
  readonly timers: Timers;
  /** Stamps the edges that the kernel does not. */
  readonly clock: LocalClock;
  /** The compiled entry of the edge thread; by default `edges.js` beside this file. */
  readonly entry?: URL;
}

export function linuxPps(options: PpsDeviceOptions): PpsDevice {
  const { settings, timers, clock } = options;
  const thread = () => new EdgesHost(options);
  const { device, line } = settings;
  const onoff = () => {
    const now = () => clock.now();
    const source =
      line === 'auto'
        ? unusableSource('onoff', 'onoff finds no line by itself: set pps.line to its GPIO number')
        : new OnoffPps({ settings: { ...settings, line }, now });
    return new PpsDriver({ device: 'onoff', timers, sources: () => [source] });
  };
  if (device === 'onoff') return onoff();
  if (device === 'auto' && line !== 'auto')
    return new FallbackPps({ preferred: thread, fallback: onoff, timers });
  return thread();
}
