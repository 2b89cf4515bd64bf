/** `timeball api METHOD PATH [BODY]`: all that the page can do, from a console or a script. */
import { readFileSync } from 'node:fs';
import { type Ask, open, type Target } from './ask-appliance.ts';
import { CliError, EX_DATAERR, EX_USAGE } from './exit-codes.ts';

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const STDIN = 0;
const NEWLINE = 10;

/** What is answered goes to standard output, as it comes. @throws CliError where it is refused. */
export async function apiCommand(
  target: Target,
  [method = '', path = '', text]: readonly string[],
  ifMatch: string | undefined,
): Promise<void> {
  if (!METHODS.includes(method))
    throw new CliError(`timeball api: ${method} is not a method: use one of ${METHODS.join(', ')}`, EX_USAGE);
  if (!path.startsWith('/'))
    throw new CliError(`timeball api: ${path} is not a path: use one such as /api/v1/status`, EX_USAGE);
  const body = text === undefined ? undefined : bodyFrom(text === '-' ? readFileSync(STDIN, 'utf8') : text);
  const ask = { method: method as NonNullable<Ask['method']>, ...(ifMatch !== undefined && { ifMatch }) };
  const response = await open('timeball api', target, path, { ...ask, ...(body !== undefined && { body }) });
  const { statusCode: status = 0, headers } = response;
  let last: number | undefined;
  // As it comes: a backup is no text, and live events have no end.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    process.stdout.write(chunk);
    last = chunk.at(-1);
  }
  const isText = /json|text|yaml/.test(headers['content-type'] ?? '');
  if (last !== undefined && last !== NEWLINE && isText) process.stdout.write('\n');
  if (status >= 400) throw new CliError(`timeball api: refused with ${status}`, EX_DATAERR);
}

function bodyFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`timeball api: the body is not JSON: ${(error as Error).message}`, EX_USAGE);
  }
}
