/** Asks a running appliance over its API: through its local socket, as root on its console, or over HTTP. */
import { existsSync } from 'node:fs';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { formatListen, type ListenAddress } from '../config/listen-address.ts';
import { CliError, EX_DATAERR, EX_IOERR, EX_NOPERM, EX_UNAVAILABLE } from './exit-codes.ts';

/** Where the service has its socket; whoever may open it is an administrator. */
export const CONTROL_SOCKET = '/run/timeball/control.sock';
/** Where else it is asked. */
const DEFAULT_HTTP: ListenAddress = { host: '127.0.0.1', port: 8080 };
const LONGEST_MS = 30_000;
/** A slow card takes its time to keep a large file. */
const LONGEST_FILE_MS = 120_000;
/** An API token for where a login is asked; not an option, as those of a command are seen by everyone. */
const TOKEN_VARIABLE = 'TIMEBALL_TOKEN';

/** An address of its HTTP side, or the path of its socket. */
export type Target = ListenAddress | { readonly socket: string };

export interface Ask {
  /** Default: GET, or POST with a body. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** Sent as it is in place of a body. */
  readonly file?: SentFile;
  readonly ifMatch?: string;
}

export interface SentFile {
  readonly stream: Readable;
  /** Bytes. */
  readonly size: number;
}

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** The target that was asked for, or else the appliance of this machine. */
export function targetOf(options: {
  readonly http: ListenAddress | undefined;
  readonly socket: string | undefined;
}): Target {
  if (options.socket !== undefined) return { socket: options.socket };
  if (options.http !== undefined) return options.http;
  return existsSync(CONTROL_SOCKET) ? { socket: CONTROL_SOCKET } : DEFAULT_HTTP;
}

/**
 * The JSON that it answers; undefined where it answers nothing. `command` begins the messages.
 * @throws CliError where there is no appliance, or it refuses.
 */
export async function askAppliance<T>(
  command: string,
  target: Target,
  path: string,
  ask: Ask = {},
): Promise<T> {
  const { status, text } = await exchange(command, target, path, ask);
  if (status < 300) return (text === '' ? undefined : parsed(text)) as T;
  throw refusal(command, status, text);
}

function refusal(command: string, status: number, text: string): CliError {
  const { detail = `it answered ${status}`, errors = [] } = (parsed(text) ?? {}) as Problem;
  const lines = errors.map(({ field, message }) => `\n  ${field}: ${message}`);
  const remedy = status === 401 ? `; put a token into ${TOKEN_VARIABLE}` : '';
  return new CliError(
    `${command}: ${detail}${lines.join('')}${remedy}`,
    status === 401 || status === 403 ? EX_NOPERM : EX_DATAERR,
  );
}

/** Bytes that it answers, such as a backup. @throws CliError where there is no appliance, or it refuses. */
export async function askBytes(command: string, target: Target, path: string, ask: Ask): Promise<Buffer> {
  const response = await open(command, target, path, ask);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const status = response.statusCode ?? 0;
  if (status >= 300) throw refusal(command, status, bytes.toString('utf8'));
  return bytes;
}

/** What it answers, whatever it is. */
export async function exchange(
  command: string,
  target: Target,
  path: string,
  ask: Ask,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await open(command, target, path, ask);
  return { status: response.statusCode ?? 0, text: await readText(response) };
}

/** The answer as it comes, be it bytes or without an end. @throws CliError where there is no appliance. */
export async function open(
  command: string,
  target: Target,
  path: string,
  { body, file, method = body === undefined ? 'GET' : 'POST', ifMatch }: Ask,
): Promise<IncomingMessage> {
  const token = process.env[TOKEN_VARIABLE];
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(file && { 'content-type': 'application/octet-stream', 'content-length': file.size }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const where = 'socket' in target ? { socketPath: target.socket } : { host: target.host, port: target.port };
  try {
    return await new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      // Without its length, the body of a DELETE would be taken for the next request.
      const length = text === undefined ? {} : { 'content-length': Buffer.byteLength(text) };
      const timeout = file ? LONGEST_FILE_MS : LONGEST_MS;
      const about = { path, method, headers: { ...headers, ...length }, timeout };
      const asked = httpRequest({ ...where, ...about }, resolve);
      asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeout / 1000} s`)));
      asked.on('error', reject);
      if (file) sendFile(command, asked, file);
      else asked.end(text);
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const name = 'socket' in target ? target.socket : `http://${formatListen(target)}`;
    const remedy =
      code === 'EACCES' ? 'run as root' : 'start it, or give its address with --http or --socket';
    throw new CliError(
      `${command}: no appliance answers on ${name} (${code ?? message}): ${remedy}`,
      EX_UNAVAILABLE,
    );
  }
}

function sendFile(command: string, asked: ClientRequest, { stream }: SentFile): void {
  stream.on('error', ({ message }) =>
    asked.destroy(new CliError(`${command}: the file can not be read to its end: ${message}`, EX_IOERR)),
  );
  // Refused before its end, it is not sent to its end.
  asked.on('response', (response) => {
    stream.destroy();
    response.on('end', () => asked.destroy());
  });
  asked.on('close', () => stream.destroy());
  stream.pipe(asked);
}

async function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
