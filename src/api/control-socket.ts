/**
 * The local socket: whoever may open it (its owner and root) is an administrator, so that a console suffices where no
 * password is known or no network is up.
 */
import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';

const OWNER_ONLY = 0o600;

/** Listens at `path`. @throws Error of one line where it can't, or where another appliance does. */
export async function listenSocket(server: FastifyInstance, path: string): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await removeStale(path);
    await server.listen({ path });
    chmodSync(path, OWNER_ONLY);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`the control socket ${path} can't be opened (${code ?? message}): see --socket`);
  }
}

/** A process that was killed leaves its socket behind. */
async function removeStale(path: string): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
  if (answers) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
  rmSync(path);
}
