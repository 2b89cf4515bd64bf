/** What the API is made of: the guard, then the routes. */
import { networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { attachedNetworks } from './access/networks.ts';
import type { AdminSide } from './admin-side.ts';
import { allSettingsRoutes } from './api/all-settings-routes.ts';
import { authRoutes } from './api/auth-routes.ts';
import { tokenRoutes } from './api/auth-token-routes.ts';
import { sessionRoutes, userRoutes } from './api/auth-user-routes.ts';
import { faultRoutes } from './api/fault-routes.ts';
import { createGuard } from './api/guard.ts';
import { managementAllows } from './api/guard-allow.ts';
import type { ApiPart } from './api/server.ts';
import { servingRoutes } from './api/serving-routes.ts';
import type { SettingsControls } from './api/settings-controls.ts';
import { statusRoutes } from './api/status-routes.ts';
import { tlsRoutes } from './api/tls-routes.ts';
import { updateRoutes } from './api/update-routes.ts';
import { webFiles } from './api/web-files.ts';
import { VERSION } from './build-info.ts';
import type { Config } from './config/schema.ts';
import { TlsAdmin } from './tls/tls-admin.ts';

/** Addresses come and go: what `attached` means follows within this time, s. */
const LOOK_AGAIN_SECONDS = 5;

/** `local`: for the socket, where there is no login. */
export function adminParts(side: AdminSide, controls: SettingsControls, local: boolean): ApiPart[] {
  const { auth, record, settings, options, appliance } = side;
  const { demo, mode, hostName } = options;
  const openStatus = () => settings.config.http.openStatus;
  const hsts = () => settings.config.http.hsts;
  const guard = createGuard({
    auth,
    allows: managementAccess(side),
    refused: (address) => side.refusals.note(address),
    openStatus,
    hsts,
    demo,
    local,
  });
  const info = () => ({ mode, hostName: hostName(), version: VERSION });
  const tls = new TlsAdmin({
    // Switched on and off while the appliance runs.
    get keeper() {
      return side.certificate;
    },
    enabled: () => side.secure,
    hsts,
    audit: record.audit,
  });
  const { faults } = appliance;
  return [
    guard.part,
    (server) => authRoutes(server, { auth, info, openStatus, demo }),
    (server) => userRoutes(server, auth.admin),
    (server) => tokenRoutes(server, auth.admin),
    (server) => sessionRoutes(server, auth.admin),
    (server) => tlsRoutes(server, tls),
    (server) => statusRoutes(server, () => appliance.status()),
    (server) => servingRoutes(server, appliance.serving),
    (server) => allSettingsRoutes(server, controls),
    ...record.parts(guard.mayContinue),
    (server) => updateRoutes(server, side.update),
    ...(faults ? [(server: FastifyInstance) => faultRoutes(server, faults)] : []),
    (server) => webFiles(server),
  ];
}

/** By `http.allow` and the networks of now; worked out anew only when one of them has changed. */
function managementAccess({ settings, options }: AdminSide): (address: string) => boolean {
  let looked = Number.NEGATIVE_INFINITY;
  let list: Config['http']['allow'] | undefined;
  let allows = (_address: string) => false;
  return (address) => {
    const { allow } = settings.config.http;
    const now = options.timers.monotonic();
    if (allow !== list || now - looked >= LOOK_AGAIN_SECONDS) {
      allows = managementAllows(allow, attachedNetworks(networkInterfaces()));
      list = allow;
      looked = now;
    }
    return allows(address);
  };
}
