/** What the OpenAPI document says of the API as a whole, and of every route alike. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { withRefusals } from './problem-schema.ts';

const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'Timeball',
    description:
      'The API of the time appliance. Errors are problem+json (RFC 9457) and name the field. Collections have stable ' +
      'numeric ids, Location, ETag and If-Match; PATCH takes a JSON merge patch (RFC 7396). Scripts use a token: ' +
      'Authorization: Bearer tb_…',
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  security: [{ token: [] }],
} as const;

/** `version`: of the software. */
export function openApi(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: { ...DESCRIPTION, info: { ...DESCRIPTION.info, version } } as never,
    transform: ({ schema, url, route }) => {
      const { response = {} } = (schema ?? {}) as { response?: object };
      return { schema: { ...schema, ...accessOf(route), response: withRefusals(response) } as never, url };
    },
  };
}

/** Who may ask: as `guard.ts` has it. */
function accessOf({ config, method }: { readonly config?: object; readonly method: string | string[] }) {
  const given = (config as { role?: string } | undefined)?.role;
  const role = given ?? (method === 'GET' || method === 'HEAD' ? 'viewer' : 'admin');
  if (role === 'open') return { security: [], 'x-role': role };
  // Without a login as well, where `http.openStatus` says so.
  return { 'x-role': role, ...(role === 'status' && { security: [{}, { token: [] }] }) };
}
