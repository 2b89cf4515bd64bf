/** All that can be done with the settings, by what the API calls it. */
import { hostname, networkInterfaces } from 'node:os';
import { type BackupFile, Backups } from './backup.ts';
import { ConfigApi } from './config-api.ts';
import { Keys } from './keys.ts';
import { NetworkSettings } from './network.ts';
import { Rules } from './rules.ts';
import { Servers } from './servers.ts';
import type { SettingsService } from './settings.ts';

/** `backupFiles`: of other parts; `software`: the version. */
export function settingsControls(
  settings: SettingsService,
  backupFiles: readonly BackupFile[],
  software: string,
) {
  const config = new ConfigApi(settings);
  return {
    config,
    rules: new Rules(settings),
    servers: new Servers(settings),
    keys: new Keys(settings),
    network: new NetworkSettings(config, { hostName: hostname, interfaces: networkInterfaces }),
    backups: new Backups(settings, backupFiles, software),
  };
}
