/** Everything about settings, put together. */
import type { FastifyInstance } from 'fastify';
import { backupRoutes } from './backup-routes.ts';
import { keysRoutes } from './keys-routes.ts';
import { networkRoutes } from './network-routes.ts';
import { rulesRoutes } from './rules-routes.ts';
import { serversRoutes } from './servers-routes.ts';
import type { SettingsControls } from './settings-controls.ts';
import { settingsRoutes } from './settings-routes.ts';

export function allSettingsRoutes(server: FastifyInstance, controls: SettingsControls): void {
  const { config, rules, servers, keys, network, backups } = controls;
  settingsRoutes(server, config);
  rulesRoutes(server, rules, config);
  serversRoutes(server, servers);
  keysRoutes(server, keys);
  networkRoutes(server, network);
  backupRoutes(server, backups);
}
