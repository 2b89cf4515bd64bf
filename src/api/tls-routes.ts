/** The certificate of the page and the API: `/api/v1/tls`. Its key goes in and never comes out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { LONGEST_PEM } from '../tls/check-pair.ts';
import type { TlsResult } from '../tls/tls-admin.ts';
import { actorOf } from './auth-actor.ts';
import { time, withProblems } from './auth-replies.ts';
import { problem } from './problem.ts';
import type { TlsControls } from './tls-controls.ts';

const tags = ['tls'];
const Tls = Type.Object({
  enabled: Type.Boolean({ description: 'Whether the page and the API are served by HTTPS.' }),
  hsts: Type.Boolean({ description: 'Whether browsers are told to come by HTTPS only.' }),
  certificate: Type.Union([
    Type.Object({
      subject: Type.String(),
      issuer: Type.String(),
      notBefore: time('UTC'),
      notAfter: time('UTC'),
      fingerprintSha256: Type.String({ description: 'As browsers show it' }),
      selfSigned: Type.Boolean({ description: 'Signed by the appliance itself, and renewed by it.' }),
      names: Type.Array(Type.String(), { description: 'Host names and IP addresses that it is for' }),
    }),
    Type.Null(),
  ]),
});
const Upload = Type.Object(
  {
    certificate: Type.String({
      minLength: 1,
      maxLength: LONGEST_PEM,
      description: "PEM: the appliance's certificate, then those that signed it.",
    }),
    key: Type.String({
      minLength: 1,
      maxLength: LONGEST_PEM,
      description: 'PEM, without a passphrase: RSA of 2048 bits or more, or ECDSA. Never shown.',
    }),
  },
  { additionalProperties: false },
);

export function tlsRoutes(server: FastifyInstance, controls: TlsControls): void {
  const show = { operationId: 'getTls', summary: 'TLS and its certificate', tags, response: { 200: Tls } };
  server.get('/api/v1/tls', { schema: show }, async () => controls.view());
  const upload = {
    operationId: 'uploadCertificate',
    summary: 'Use another certificate',
    description: 'It is used at once; connections that are open stay.',
    tags,
    body: Upload,
    response: withProblems({ 200: Tls }),
  };
  server.put<{ Body: Static<typeof Upload> }>(
    '/api/v1/tls',
    { config: { role: 'admin' }, schema: upload },
    async (request, reply) => {
      const { certificate, key } = request.body;
      return answer(request, reply, await controls.replace(actorOf(request), certificate, key));
    },
  );
  const renew = {
    operationId: 'renewCertificate',
    summary: 'Have the appliance sign a new certificate',
    description:
      'With a new key, for the names and addresses that it has now; takes the place of an uploaded one.',
    tags,
    response: withProblems({ 200: Tls }),
  };
  server.post('/api/v1/tls/renew', { config: { role: 'admin' }, schema: renew }, async (request, reply) =>
    answer(request, reply, await controls.renew(actorOf(request))),
  );
}

function answer(request: FastifyRequest, reply: FastifyReply, result: TlsResult): unknown {
  if ('view' in result) return result.view;
  if ('unused' in result) return problem(reply, 409, result.unused, request.url);
  if ('failed' in result) return problem(reply, 503, result.failed, request.url);
  const { field, message } = result.flaw;
  return problem(reply, 422, `${field}: ${message}`, request.url, [{ field, message }]);
}
