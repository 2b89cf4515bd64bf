/** What the API asks of the machine. */
import type { HistorySpace } from '../history/history.ts';
import type { SyslogView } from '../syslog/syslog.ts';
import type { DiskSpace, MemoryUse } from '../system/machine.ts';
import type { HelperResult } from '../system/system-helper.ts';
import type { Actor } from './actor.ts';

export interface SystemView {
  readonly version: string;
  readonly buildDate: string;
  /** Version of Node.js. */
  readonly node: string;
  readonly model: string;
  readonly mode: 'hardware' | 'simulation';
  readonly memory: MemoryUse;
  /** Where the state is kept; null: nowhere, or it can't be told. */
  readonly disk: DiskSpace | null;
  readonly uptimeSeconds: number;
  /** UTC, ISO 8601; null: not changed yet. */
  readonly lastConfigChange: string | null;
  readonly can: {
    readonly reboot: boolean;
    readonly network: boolean;
    readonly update: boolean;
    readonly factoryReset: boolean;
  };
  readonly history: HistorySpace;
  readonly syslog: readonly SyslogView[];
}

export interface SystemControls {
  view(): Promise<SystemView>;
  reboot(actor: Actor): Promise<HelperResult>;
  factoryReset(actor: Actor): Promise<HelperResult>;
}
