/** `timeball api METHOD PATH [BODY]`: all that the page can do, from a console or a script. */
import { readFileSync } from 'node:fs';
import { type Ask, exchange, type Target } from './ask-appliance.ts';
import { CliError, EX_DATAERR, EX_USAGE } from './exit-codes.ts';

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const STDIN = 0;

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
  const answer = await exchange('timeball api', target, path, {
    ...ask,
    ...(body !== undefined && { body }),
  });
  if (answer.text !== '') process.stdout.write(answer.text.endsWith('\n') ? answer.text : `${answer.text}\n`);
  if (answer.status >= 400) throw new CliError(`timeball api: refused with ${answer.status}`, EX_DATAERR);
}

function bodyFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`timeball api: the body is not JSON: ${(error as Error).message}`, EX_USAGE);
  }
}
