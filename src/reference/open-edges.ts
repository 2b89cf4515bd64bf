/** The last few edges on time, each waiting for the burst that names it. */
import type { Edge } from '../../hw/ports.ts';
import type { Burst } from '../nmea/burst.ts';
import { difference, type Instant, secondsBetween } from '../time/instant.ts';
import type { Refusal } from './refusals.ts';

export interface OpenEdge {
  readonly edge: Edge;
  /** The burst that decided about it, once one has. */
  decidedBy?: Burst;
  /** What the bursts that could not decide lacked. */
  lacking?: Refusal;
}

const KEPT = 3;
/** Longest wait from an edge to its burst, in seconds. */
const MAX_BURST_GAP = 1.5;

export class OpenEdges {
  #edges: OpenEdge[] = [];

  /** Returns the edge that has waited too long, if it is still undecided. */
  add(edge: Edge): OpenEdge | undefined {
    this.#edges.push({ edge });
    const oldest = this.#edges.length > KEPT ? this.#edges.shift() : undefined;
    return oldest?.decidedBy ? undefined : oldest;
  }

  /** The edge that a burst which began at `startedAt` follows. */
  before(startedAt: Instant<'Local'>): OpenEdge | undefined {
    const open = this.#edges.findLast(({ edge }) => difference(startedAt, edge.at) >= 0);
    return open && secondsBetween(startedAt, open.edge.at) <= MAX_BURST_GAP ? open : undefined;
  }

  /** Whether a later edge than those given up has its name. */
  get anyDecided(): boolean {
    return this.#edges.some((open) => open.decidedBy);
  }

  clear(): void {
    this.#edges = [];
  }
}
