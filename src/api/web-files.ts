/** Serves the admin page out of memory: the files that the build has made, and nothing else from the disk. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
// What `schema.hide` is known by.
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Code, styles and connections from here alone; `data:` for small pictures. Nothing inline runs. */
export const PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

/** Files whose name carries a hash of what is in them never change. */
const FOREVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

interface WebFile {
  readonly url: string;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** Where the build puts the page, seen from the compiled program and from its source. */
const BUILT = ['../../web/', '../../dist/web/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Adds `/` and the files of the page. `directory`: of the built page; read once, now. */
export function webFiles(server: FastifyInstance, directory: string | undefined = builtPage()): void {
  const files = directory === undefined || !existsSync(directory) ? [] : readFiles(directory);
  for (const file of files)
    for (const url of file.url === '/index.html' ? ['/', '/index.html'] : [file.url])
      server.get(url, { config: { role: 'open' }, schema: { hide: true } }, async (request, reply) =>
        answer(file, request, reply),
      );
  if (files.length === 0)
    server.get('/', { config: { role: 'open' }, schema: { hide: true } }, async (_request, reply) =>
      reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The page is not built: run "npm run build". The API works: see /api/v1/status\n'),
    );
}

function builtPage(): string | undefined {
  return BUILT.find((path) => existsSync(join(path, 'index.html')));
}

function readFiles(directory: string): WebFile[] {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return paths.map((path) => {
    const plain = readFileSync(path);
    const url = path.slice(join(directory, '.').length).replaceAll('\\', '/').replace(/^\/*/, '/');
    return {
      url,
      type: TYPES[extname(path)] as string,
      // Weak: the same for the compressed bytes.
      etag: `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
      cacheControl: /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(url) ? FOREVER : ASK_AGAIN,
      plain,
      gzipped: gzipSync(plain, { level: 9 }),
    };
  });
}

function answer(file: WebFile, request: FastifyRequest, reply: FastifyReply): unknown {
  reply.headers({
    'content-security-policy': PAGE_CSP,
    'cache-control': file.cacheControl,
    etag: file.etag,
    vary: 'accept-encoding',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  });
  if (holds(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  const zip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (zip) reply.header('content-encoding', 'gzip');
  return reply.type(file.type).send(zip ? file.gzipped : file.plain);
}

/** RFC 9110 §13.1.2: weak comparison, so whether there is a `W/` in front does not matter. */
function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(etag));
}
