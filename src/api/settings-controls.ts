/** What the API asks of the settings; the appliance gives it the classes of `src/settings`. */
import type { Backups } from '../settings/backup.ts';
import type { ConfigApi } from '../settings/config-api.ts';
import type { Keys } from '../settings/keys.ts';
import type { NetworkSettings } from '../settings/network.ts';
import type { Rules } from '../settings/rules.ts';
import type { Servers } from '../settings/servers.ts';

export type { RestorePlan } from '../settings/backup.ts';
export type { ConfigView } from '../settings/config-api.ts';
export type { KeyChange } from '../settings/config-diff.ts';
export type { KeyView } from '../settings/keys.ts';
export type { NetworkView } from '../settings/network.ts';
export type { RuleView } from '../settings/rules.ts';
export type { ServerView } from '../settings/servers.ts';
export type { Committed, PendingView, RevisionText, RevisionView } from '../settings/types.ts';

export type ConfigControls = Pick<ConfigApi, keyof ConfigApi>;
export type RuleControls = Pick<Rules, keyof Rules>;
export type ServerControls = Pick<Servers, keyof Servers>;
export type KeyControls = Pick<Keys, keyof Keys>;
export type NetworkControls = Pick<NetworkSettings, keyof NetworkSettings>;
export type BackupControls = Pick<Backups, keyof Backups>;

export interface SettingsControls {
  readonly config: ConfigControls;
  readonly rules: RuleControls;
  readonly servers: ServerControls;
  readonly keys: KeyControls;
  readonly network: NetworkControls;
  readonly backups: BackupControls;
}
