/** The API with its guard and its routes about logins, over real parts and a virtual clock. */
import type { FastifyInstance, FastifyRequest, InjectOptions } from 'fastify';
import { authRoutes } from '../../src/api/auth-routes.ts';
import { tokenRoutes } from '../../src/api/auth-token-routes.ts';
import { sessionRoutes, userRoutes } from '../../src/api/auth-user-routes.ts';
import { createGuard, type Guard, type GuardOptions } from '../../src/api/guard.ts';
import { managementAllows } from '../../src/api/guard-allow.ts';
import { GuardRefusals } from '../../src/api/guard-refusals.ts';
import { buildApi } from '../../src/api/server.ts';
import { tlsRoutes } from '../../src/api/tls-routes.ts';
import type { Auth } from '../../src/auth/auth.ts';
import type { CertificateKeeper } from '../../src/tls/certificate-keeper.ts';
import { TlsAdmin } from '../../src/tls/tls-admin.ts';
import { done, HERE, PASSWORD, World } from '../auth/support.ts';

export interface ApiWorld {
  readonly server: FastifyInstance;
  readonly guard: Guard;
  readonly auth: Auth;
  readonly world: World;
  /** Those that reached a probe. */
  readonly requests: readonly FastifyRequest[];
  /** Changed at will. */
  readonly settings: { openStatus: boolean; hsts: boolean; allow: string[] };
}

export async function apiWorld(
  options: Partial<GuardOptions> & { unclaimed?: true; keeper?: CertificateKeeper } = {},
): Promise<ApiWorld> {
  const world = new World();
  const auth = options.unclaimed ? world.auth() : await world.claimed();
  const settings = { openStatus: true, hsts: false, allow: ['loopback'] };
  const events = { raise: (type: string, text: string) => void world.events.push({ type, text }) };
  const refusals = new GuardRefusals(events, () => world.monotonic);
  const { demo = false, keeper } = options;
  const guard = createGuard({
    auth,
    allows: (address) => managementAllows(settings.allow, [])(address),
    refused: (address) => refusals.note(address),
    openStatus: () => settings.openStatus,
    hsts: () => settings.hsts,
    demo,
    local: false,
    ...options,
  });
  const tls = new TlsAdmin({
    keeper,
    enabled: () => keeper !== undefined,
    hsts: () => settings.hsts,
    audit: { record: (entry) => void world.audit.push(entry) },
  });
  const info = () => ({ mode: 'hardware', hostName: 'clock7', version: '1.2.3' }) as const;
  const requests: FastifyRequest[] = [];
  const server = await buildApi({
    ...(keeper && { tls: keeper.secureOptions }),
    parts: [
      guard.part,
      (api) => authRoutes(api, { auth, info, openStatus: () => settings.openStatus, demo }),
      (api) => userRoutes(api, auth.admin),
      (api) => sessionRoutes(api, auth.admin),
      (api) => tokenRoutes(api, auth.admin),
      (api) => tlsRoutes(api, tls),
      (api) => probes(api, requests),
    ],
  });
  return { server, guard, auth, world, requests, settings };
}

/** One route for each role; it says who asks. */
function probes(api: FastifyInstance, requests: FastifyRequest[]): void {
  const handler = async (request: FastifyRequest) => {
    requests.push(request);
    return { actor: request.actor ?? null };
  };
  for (const role of ['viewer', 'operator', 'admin', 'open', 'status'] as const)
    api.route({ method: ['GET', 'POST'], url: `/probe/${role}`, config: { role }, handler });
  api.route({ method: ['GET', 'POST'], url: '/probe/default', handler });
}

/** Logs in on `auth` itself; headers as the page of the appliance sends them. */
export async function pageOf(auth: Auth, name = 'ada', password = PASSWORD) {
  const login = done(await auth.login(HERE, name, password));
  const cookie = `timeball=${login.secret}`;
  const headers = {
    cookie,
    'x-csrf-token': login.csrf,
    origin: 'http://localhost:80',
    'sec-fetch-site': 'same-origin',
  };
  return { headers, login };
}

/** A token's header. */
export async function tokenOf(auth: Auth, role: 'viewer' | 'operator' | 'admin') {
  const actor = { name: 'test', role: 'admin', via: 'system', address: '' };
  const made = done(await auth.admin.createToken(actor, { name: `a ${role}`, role, expiresAt: null }));
  return { authorization: `Bearer ${made.token}` };
}

export async function ask(
  server: FastifyInstance,
  method: string,
  url: string,
  rest: Omit<InjectOptions, 'method' | 'url'> = {},
) {
  // The types of light-my-request know fewer methods than HTTP has.
  const response = await server.inject({ method: method as 'GET', url, ...rest });
  const text = response.body;
  return {
    status: response.statusCode,
    headers: response.headers,
    body: (text !== '' && /json/.test(String(response.headers['content-type']))
      ? JSON.parse(text)
      : text) as Record<string, unknown>,
  };
}
