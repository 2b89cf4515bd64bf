/** What the history takes of the status, once a second. Null: not known. */
export interface Snapshot {
  /** Seconds on a clock that never steps. */
  readonly monotonic: number;
  readonly offsetSeconds: number | null;
  readonly residualNs: number | null;
  readonly ratePpm: number | null;
  readonly boundNs: number | null;
  readonly temperatureC: number | null;
  readonly load: number | null;
  readonly satellites: number | null;
  /** Datagrams so far: all, and those not answered. */
  readonly requests: number;
  readonly dropped: number;
}

export type Sample = Pick<Snapshot, 'monotonic' | 'requests' | 'dropped'>;
