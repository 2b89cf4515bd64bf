/**
 * What an answer thread serves by: the clock, the rules, the keys, and the tables that all threads share.
 */
import type { PaddedDigests } from '../../hw/ports.ts';
import { Buckets, createBuckets } from '../access/buckets.ts';
import { type KeyData, Keyring } from '../access/keys/keyring.ts';
import { Policy, type PolicyTable } from '../access/policy.ts';
import type { ClockBlock } from '../clock/clock-block.ts';
import { createClientTable } from './clients/client-table.ts';
import { ControlAnswers } from './control/answer-control.ts';
import { createControlBlock } from './control/control-block.ts';
import { createInterleave, Interleave } from './interleave.ts';
import { OwnSockets } from './own-sockets.ts';

/** Shared by the main thread and all answer threads; made once. */
export interface ServingTables {
  readonly buckets: SharedArrayBuffer;
  readonly clients: SharedArrayBuffer;
  readonly interleave: SharedArrayBuffer;
  /** What control queries (mode 6) are answered from. */
  readonly control: SharedArrayBuffer;
}

export function createServingTables(): ServingTables {
  return {
    buckets: createBuckets(),
    clients: createClientTable(),
    interleave: createInterleave(),
    control: createControlBlock(),
  };
}

/** What a reload changes: plain data, posted whole to each answer thread and taken over between two batches. */
export interface ServingSettings {
  readonly policy: PolicyTable;
  readonly keys: readonly KeyData[];
}

export interface Service {
  readonly block: Readonly<ClockBlock>;
  own: OwnSockets;
  policy: Policy;
  keys: Keyring;
  readonly buckets: Buckets;
  readonly interleave: Interleave;
  readonly control: ControlAnswers;
}

export function createService(
  block: Readonly<ClockBlock>,
  tables: ServingTables,
  settings: ServingSettings,
  digests?: PaddedDigests,
): Service {
  return {
    block,
    own: new OwnSockets([]),
    policy: new Policy(settings.policy),
    keys: new Keyring(settings.keys, digests),
    buckets: new Buckets(tables.buckets),
    interleave: new Interleave(tables.interleave),
    control: new ControlAnswers(tables.control),
  };
}
