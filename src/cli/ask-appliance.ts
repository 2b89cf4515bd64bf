/** Asks a running appliance over its API. */
import { formatListen, type ListenAddress } from '../config/listen-address.ts';
import { CliError, EX_DATAERR, EX_UNAVAILABLE } from './exit-codes.ts';

const LONGEST_MS = 10_000;

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/**
 * The JSON that it answers to a GET, or to a POST of `body`. `command` begins the messages.
 * @throws CliError where there is no appliance, or it refuses.
 */
export async function askAppliance<T>(
  command: string,
  address: ListenAddress,
  path: string,
  body?: unknown,
): Promise<T> {
  const where = formatListen(address);
  const response = await request(command, where, path, body);
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  const { detail = `it answered ${response.status}`, errors = [] } = answer as Problem;
  const lines = errors.map(({ field, message }) => `\n  ${field}: ${message}`);
  throw new CliError(`${command}: ${detail}${lines.join('')}`, EX_DATAERR);
}

async function request(command: string, where: string, path: string, body: unknown): Promise<Response> {
  const post = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  try {
    const signal = AbortSignal.timeout(LONGEST_MS);
    return await fetch(`http://${where}${path}`, { signal, ...(body !== undefined && post) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message ?? message;
    throw new CliError(
      `${command}: no appliance answers on http://${where} (${why}): start it, or give its address with --http`,
      EX_UNAVAILABLE,
    );
  }
}
