/**
 * The helper itself, which runs as root beside the service that does not: performs the fixed verbs, nothing else. Who
 * may ask is told by the permissions of its socket; what is asked is checked again here.
 */
import { lchownSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { checkRequest, type HelperRequest, type HelperResult } from './system-helper.ts';

export type Perform = (request: HelperRequest) => Promise<HelperResult>;

export interface HelperServerOptions {
  readonly path: string;
  /** Group that may ask; undefined: root alone. */
  readonly group: number | undefined;
  readonly perform: Perform;
  /** One line for each request. */
  readonly log: (text: string) => void;
}

const LONGEST_REQUEST = 4096;
const LONGEST_MS = 10_000;
/** Leaves root and the group. */
const UMASK = 0o117;
const ROOT = 0;

/** Rejects with an Error of one line where the socket can't be opened. */
export function serveHelper(options: HelperServerOptions): Promise<Server> {
  const { path, group } = options;
  let turn: Promise<unknown> = Promise.resolve();
  // One at a time: a reboot must not meet a change of the network.
  const inTurn = (task: () => Promise<void>) => {
    turn = turn.then(task, task);
  };
  const server = createServer((socket) =>
    hear(socket, (line) => inTurn(() => answer(options, socket, line))),
  );
  rmSync(path, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`${path} can't be opened: ${error.message}`)));
    // Nobody else gets in, not for a moment: the socket is made, before `listen` returns, with the right mode.
    const umask = process.umask(UMASK);
    try {
      server.listen(path, () => {
        try {
          if (group !== undefined) lchownSync(path, ROOT, group);
          resolve(server);
        } catch (error) {
          server.close();
          reject(new Error(`${path} can't be given to the group: ${(error as Error).message}`));
        }
      });
    } finally {
      process.umask(umask);
    }
  });
}

function hear(socket: Socket, take: (line: string) => void): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.setTimeout(LONGEST_MS, () => socket.destroy());
  socket.on('error', () => {}); // whoever hung up wants no answer
  socket.on('data', (part: string) => {
    text += part;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= LONGEST_REQUEST) return;
    // The rest is thrown away, not left: at the end of it is told that the client has gone.
    socket.removeAllListeners('data').resume();
    // What is performed may take longer than what is asked.
    socket.setTimeout(0);
    take(end < 0 ? '' : text.slice(0, end));
  });
}

async function answer({ perform, log }: HelperServerOptions, socket: Socket, line: string): Promise<void> {
  const request = checkRequest(parse(line));
  const verb = typeof request === 'string' ? 'a request' : request.verb;
  // It was told by now that nothing came of it, and may have asked for something else since.
  if (socket.destroyed) return log(`${verb}: not done: who asked has gone`);
  const result: HelperResult =
    typeof request === 'string'
      ? { done: false, reason: request }
      : await perform(request).catch((error: Error) => ({ done: false, reason: error.message }));
  log(result.done ? `${verb}: done` : `${verb}: refused: ${result.reason}`);
  socket.end(`${JSON.stringify(result)}\n`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
