/**
 * From the settings to the PPS device: kernel-stamped sources in a thread of their own, `onoff` in this thread,
 * and with `auto` the first unless it is not to be had.
 */
import { FallbackPps } from '../../hw/linux/fallback-pps.ts';
import { OnoffPps } from '../../hw/linux/onoff-pps.ts';
import { PpsDriver } from '../../hw/linux/pps-driver.ts';
import type { PpsSettings } from '../../hw/linux/pps-source.ts';
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
  const onoff = () => {
    const now = () => clock.now();
    return new PpsDriver({ device: 'onoff', timers, sources: () => [new OnoffPps({ settings, now })] });
  };
  if (settings.device === 'onoff') return onoff();
  if (settings.device === 'auto') return new FallbackPps({ preferred: thread, fallback: onoff, timers });
  return thread();
}
