/** What control queries tell of the past: which polls had edges, and what happened last. RFC 9327 §3. */
import { PEER_EVENT, SYSTEM_EVENT } from './ntp/control/control-message.ts';
import type { Status } from './status/status.ts';

/** Counts events and keeps the last. The field on the wire stays at 15. */
class Events {
  events = 1;
  last: number;

  constructor(first: number) {
    this.last = first;
  }

  protected note(event: number): void {
    this.events = Math.min(15, this.events + 1);
    this.last = event;
  }
}

export class SystemHistory extends Events {
  #state: Status['state'] = 'freerun';

  constructor() {
    super(SYSTEM_EVENT.restart);
  }

  update(state: Status['state']): void {
    if (state === 'locked' && this.#state !== 'locked') this.note(SYSTEM_EVENT.synchronised);
    if (state !== 'locked' && this.#state === 'locked') this.note(SYSTEM_EVENT.noPeer);
    this.#state = state;
  }
}

const REACH_BITS = 0xff;

export class PeerHistory extends Events {
  /** One bit per poll, the present one lowest: whether an edge was used in it. RFC 5905 §9.2. */
  reach = 0;
  /** Polls in a row without an edge, the present one not counted. */
  unreach = 0;
  readonly #pollSeconds: number;
  #poll: number | undefined;
  #taken: number | undefined;
  #selected = false;

  constructor(pollSeconds: number) {
    super(PEER_EVENT.mobilised);
    this.#pollSeconds = pollSeconds;
  }

  update({ state, reference, uptimeSeconds }: Pick<Status, 'state' | 'reference' | 'uptimeSeconds'>): void {
    const before = this.reach;
    this.#moveTo(Math.floor(uptimeSeconds / this.#pollSeconds));
    const { taken } = reference.samples;
    if (taken > (this.#taken ?? 0)) this.reach |= 1;
    this.#taken = taken;
    if (this.reach === 0 && before > 0) this.note(PEER_EVENT.unreachable);
    if (this.reach > 0 && before === 0) this.note(PEER_EVENT.reachable);
    if (state === 'locked' && !this.#selected) this.note(PEER_EVENT.systemPeer);
    this.#selected = state === 'locked';
  }

  #moveTo(poll: number): void {
    const passed = Math.max(0, poll - (this.#poll ?? poll));
    this.#poll = poll;
    for (let i = 0; i < Math.min(8, passed); i++) {
      this.unreach = (this.reach & 1) === 1 ? 0 : this.unreach + 1;
      this.reach = (this.reach << 1) & REACH_BITS;
    }
  }
}
