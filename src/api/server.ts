/** The HTTP side: puts the routes together. What they do is behind the `…Controls` that each of them is given. */

import type { SecureContextOptions } from 'node:tls';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { limitBodyTime } from './body-time.ts';
import { openApi } from './openapi.ts';
import { answerOtherMethods } from './other-methods.ts';
import { problem } from './problem.ts';
import { referencePage } from './reference-page.ts';
import { strictValidator } from './strict-validator.ts';

/** Adds hooks or routes. */
export type ApiPart = (server: FastifyInstance) => void;

export interface ApiOptions {
  /** Guards first, then routes. */
  readonly parts: readonly ApiPart[];
  /** Of the software. */
  readonly version?: string;
  /** PEM; undefined: plain HTTP. */
  readonly tls?: (SecureContextOptions & { readonly key: string; readonly cert: string }) | undefined;
}

/** For answers that are no page; the page's own is with its files. */
const CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Bytes: 20,000 rules with notes fit. */
const BODY_LIMIT = 8 * 1024 * 1024;

export async function buildApi({ parts, tls, version = 'test' }: ApiOptions): Promise<FastifyInstance> {
  const server = createServer(tls);
  limitBodyTime(server);
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', CSP);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  server.setErrorHandler((error, request, reply) => {
    const { statusCode: status = 500, message, validation, validationContext } = error as ApiError;
    // What went wrong inside is for the log, not for whoever asks.
    if (status >= 500) request.log.error(error);
    const detail = status < 500 ? message : 'an error of the appliance: see its log';
    const errors = validation?.map((one) => ({
      field: fieldOf(one, validationContext),
      message: one.message ?? 'is wrong',
    }));
    return problem(reply, status, detail, request.url, errors);
  });
  server.setNotFoundHandler((request, reply) =>
    problem(reply, 404, `nothing is at ${request.method} ${request.url}`, request.url),
  );
  readJson(server);
  server.setValidatorCompiler(strictValidator);
  await server.register(swagger, openApi(version));
  const routesAreComplete = answerOtherMethods(server);
  for (const part of parts) part(server);
  documentRoutes(server);
  routesAreComplete();
  await server.ready();
  return server;
}

/** Merge patches (RFC 7396) too. Many clients name the type of a body even where they send none. */
function readJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  const types = ['application/json', 'application/merge-patch+json'];
  server.addContentTypeParser<string>(types, { parseAs: 'string' }, (request, text, done) =>
    text === '' ? done(null, undefined) : parse(request, text, done),
  );
}

interface ApiError extends Error {
  readonly statusCode?: number;
  readonly validation?: readonly {
    readonly instancePath: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly message?: string;
  }[];
  readonly validationContext?: string;
}

/** `prefix`, `rateLimit.burst`; of a field that is too many or missing, its own name. */
function fieldOf(
  { instancePath, params }: NonNullable<ApiError['validation']>[number],
  context: string | undefined,
): string {
  const named = params['additionalProperty'] ?? params['missingProperty'];
  const path = instancePath.split('/').filter((part) => part !== '');
  return [...path, ...(typeof named === 'string' ? [named] : [])].join('.') || (context ?? 'body');
}

function createServer(tls: ApiOptions['tls']): FastifyInstance {
  const options = {
    logger: false,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    frameworkErrors: refuseUrl,
  };
  // The types of the two servers differ, what is asked of them here does not.
  return tls ? (Fastify({ ...options, https: tls }) as unknown as FastifyInstance) : Fastify(options);
}

/** A path that can't be read, or with a part that is too long: no hook has run for it. */
function refuseUrl(
  { statusCode = 400 }: { readonly statusCode?: number },
  { url }: FastifyRequest,
  reply: FastifyReply,
): void {
  reply.headers({
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const detail =
    statusCode === 414 ? 'a part of the path is too long' : 'the path is not readable: escape it with %XX';
  problem(reply, statusCode, detail, url);
}

function documentRoutes(server: FastifyInstance): void {
  const open = { config: { role: 'open' }, schema: { hide: true } } as const;
  server.get('/api/v1/openapi.json', open, async () => server.swagger());
  referencePage(server, () => server.swagger());
}
