/** What the history takes of a status. */
import type { Snapshot } from './history/snapshot.ts';
import { OUTCOMES } from './status/clients.ts';
import type { Status } from './status/status.ts';

const IS_DROP = new Map(
  Object.entries(OUTCOMES).map(([name, meaning]) => [name, meaning.startsWith('dropped')]),
);

export function historySnapshot(status: Status, monotonic: number): Snapshot {
  const { clock, quality, environment, receiver, ntp } = status;
  let [requests, dropped] = [ntp.kernelDrops, ntp.kernelDrops];
  for (const [name, count] of Object.entries(ntp.counters)) {
    const isDrop = IS_DROP.get(name);
    if (isDrop !== undefined) requests += count;
    if (isDrop) dropped += count;
  }
  return {
    monotonic,
    offsetSeconds: clock.offsetSeconds,
    residualNs: quality.lastResidualNs,
    ratePpm: clock.ratePpm,
    boundNs: clock.errorBoundNs,
    temperatureC: environment.temperatureC,
    load: environment.load,
    satellites: receiver.satellitesUsed ?? null,
    requests,
    dropped,
  };
}
