/** What the API asks of the serving side; the appliance implements it. */
import type { ClientChange } from '../access/dry-run.ts';
import type { AccessVerdict } from '../access/explain.ts';
import type { Config } from '../config/schema.ts';
import type { ClientPage, ClientQuery, ClientTableView, ClientView } from '../status/clients.ts';

export type { AccessVerdict };

/** One client: what was seen of it, and what the rules of now say. */
export interface ClientStory {
  readonly address: string;
  /** Null: it never asked, or its record made room for others. */
  readonly seen: ClientView | null;
  readonly access: AccessVerdict;
  /** Why its last dropped datagram was dropped, in words. */
  readonly lastDropMeaning: string | null;
}

export type DryRun =
  | { readonly errors: readonly { readonly field: string; readonly message: string }[] }
  | {
      /** Clients seen within so many hours are weighed. */
      readonly hours: number;
      readonly counts: Readonly<Record<ClientChange['change'], number>>;
      /** The first thousand of each. */
      readonly gains: readonly ClientChange[];
      readonly loses: readonly ClientChange[];
    };

export interface AccessView {
  readonly rules: Config['access']['rules'];
  readonly rateLimit: Config['access']['rateLimit'];
  /** What `attached` stands for now. */
  readonly networks: readonly { readonly device: string; readonly cidr: string }[];
  readonly keys: { readonly file: string; readonly loaded: number; readonly problems: readonly string[] };
}

export interface ServingControls {
  clients(query: ClientQuery): ClientPage;
  clientTable(): ClientTableView;
  /** Undefined: not an IP address. */
  client(address: string): ClientStory | undefined;
  verdict(address: string): AccessVerdict | undefined;
  access(): AccessView;
  /** `access`: a section as in the configuration file. */
  dryRun(access: unknown): DryRun;
}
