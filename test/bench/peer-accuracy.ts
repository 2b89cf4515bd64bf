/**
 * What chronyd makes of the same traces, ns. Measured with chronyd 4.8-pre1 in its clock simulator: SHM reference
 * clock, one sample a second, poll 4 (its default), the first 1800 s left out; in the holdover traces over the three
 * days with edges. A trace that is not listed was not measured.
 */
export interface PeerAccuracy {
  readonly rmsNs: number;
  readonly p95Ns: number;
  readonly maxNs: number;
  /**
   * By gap. Its error at the end of the gap; in the last gap of dropouts-2 and in both holdovers its greatest error
   * within, which is what was published.
   */
  readonly gapsNs?: readonly number[];
}

export const CHRONYD: Readonly<Record<string, PeerAccuracy>> = {
  'steady-1': { rmsNs: 337, p95Ns: 661, maxNs: 1671 },
  'steady-2': { rmsNs: 324, p95Ns: 639, maxNs: 1464 },
  'user-pps-1': { rmsNs: 5448, p95Ns: 9368, maxNs: 21_569 },
  'user-pps-2': { rmsNs: 6045, p95Ns: 10_971, maxNs: 26_498 },
  'warm-up-1': { rmsNs: 305, p95Ns: 589, maxNs: 1096 },
  'warm-up-2': { rmsNs: 373, p95Ns: 819, maxNs: 1283 },
  'dropouts-1': { rmsNs: 14_352, p95Ns: 677, maxNs: 355_546, gapsNs: [19_766, 5654, 353_694] },
  'dropouts-2': { rmsNs: 615, p95Ns: 684, maxNs: 10_058, gapsNs: [3758, 9942, 16_085] },
  'holdover-1': { rmsNs: 336, p95Ns: 674, maxNs: 2586, gapsNs: [3_993_933] },
  'holdover-2': { rmsNs: 328, p95Ns: 646, maxNs: 2628, gapsNs: [6_364_857] },
};
