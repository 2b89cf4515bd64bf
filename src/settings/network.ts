/** The machine's network: as it is, and as it is set. */
import type { NetworkInterfaceInfo } from 'node:os';
import type { AuditActor } from '../audit/audit-sink.ts';
import type { Config } from '../config/schema.ts';
import type { ConfigApi } from './config-api.ts';
import type { Refusal } from './refusal.ts';
import type { Committed } from './types.ts';

export interface NetworkView {
  readonly hostName: string;
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    /** Interfaces without an address are not known here. */
    readonly up: boolean;
    /** With the length of their networks. */
    readonly addresses: readonly string[];
  }[];
  readonly settings: Config['network'];
}

export interface NetworkNow {
  readonly hostName: () => string;
  readonly interfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
}

export class NetworkSettings {
  readonly #config: ConfigApi;
  readonly #now: NetworkNow;

  constructor(config: ConfigApi, now: NetworkNow) {
    this.#config = config;
    this.#now = now;
  }

  view(): NetworkView {
    const interfaces = Object.entries(this.#now.interfaces()).map(([name, list = []]) => ({
      name,
      mac: list[0]?.mac ?? '',
      up: list.length > 0,
      addresses: list.flatMap(({ cidr }) => (cidr === null ? [] : [cidr])),
    }));
    return { hostName: this.#now.hostName(), interfaces, settings: this.#config.view().config.network };
  }

  /**
   * `patch`: of the settings; `ifMatch` is theirs too: addresses that come and go are no conflict.
   */
  patch(actor: AuditActor, patch: unknown, ifMatch: string | undefined): Promise<Committed | Refusal> {
    return this.#config.patchSection(actor, ['network'], patch, ifMatch);
  }
}
