/** The cookie that a session comes with. */
import type { FastifyRequest } from 'fastify';

const NAME = 'timeball';
/** Seconds; the session itself ends earlier when it is not used. */
const MAX_AGE = 12 * 3600;
/** More of the same name only come from somebody who plants them. */
const MOST = 4;

/** Not for scripts, not for other sites, and over TLS for TLS alone. */
export function sessionCookie(secret: string, secure: boolean): string {
  return `${NAME}=${secret}; Max-Age=${MAX_AGE}; ${attributes(secure)}`;
}

export function endedCookie(secure: boolean): string {
  return `${NAME}=; Max-Age=0; ${attributes(secure)}`;
}

function attributes(secure: boolean): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** What was sent in cookies of that name: RFC 6265 §4.2.1. */
export function sessionSecrets({ headers }: FastifyRequest): string[] {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => pair.slice(NAME.length + 1))
    .slice(0, MOST);
}
