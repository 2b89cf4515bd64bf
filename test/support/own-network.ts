/**
 * Two networks of their own for this process: sockets that it opens belong to the one that it is in. For tests in which
 * interfaces come and go. Only the main thread moves, and threads that it starts then.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hasCommand, IS_ROOT } from './program.ts';

const CLONE_NEWNET = 0x4000_0000;

export class TwoNetworks {
  readonly #setns: (fd: number, kind: number) => number;
  readonly #home: number;
  readonly #server: number;
  readonly #client: number;

  private constructor(
    setns: (fd: number, kind: number) => number,
    fds: { readonly home: number; readonly server: number; readonly client: number },
  ) {
    this.#setns = setns;
    this.#home = fds.home;
    this.#server = fds.server;
    this.#client = fds.client;
  }

  /** Makes them, each with its loopback up, and stays where it was; or says in one line why there can't be any here. */
  static create(): TwoNetworks | string {
    if (!IS_ROOT) return 'a network namespace needs root: run the tests as root';
    if (!hasCommand('ip')) return 'ip is missing: apt-get install iproute2';
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const libc = koffi.load('libc.so.6');
    const setns = libc.func('int setns(int, int)') as (fd: number, kind: number) => number;
    const unshare = libc.func('int unshare(int)') as (kind: number) => number;
    const here = () => openSync('/proc/thread-self/ns/net', 'r');
    const home = here();
    const made: number[] = [];
    for (let i = 0; i < 2; i++) {
      if (unshare(CLONE_NEWNET) < 0) return 'no network namespace can be made here: unshare is refused';
      execFileSync('ip', ['link', 'set', 'lo', 'up']);
      made.push(here());
    }
    const [server, client] = made as [number, number];
    const networks = new TwoNetworks(setns, { home, server, client });
    networks.#enter(home);
    return networks;
  }

  #enter(fd: number): void {
    if (this.#setns(fd, CLONE_NEWNET) < 0) throw new Error('setns failed');
  }

  goToServer(): void {
    this.#enter(this.#server);
  }

  goToClient(): void {
    this.#enter(this.#client);
  }

  /** Runs `ip` with these words in the server's network. */
  ip(words: string): void {
    execFileSync('ip', words.split(' '));
  }

  /** A cable between the two: `name` in the server's network, at .1, and `peer` in the client's, at .2. Takes us to the server's. */
  connect(name: string, network = '192.0.2'): void {
    this.goToClient();
    execFileSync('ip', ['link', 'add', 'peer', 'type', 'veth', 'peer', 'name', name]);
    this.ip(`link set ${name} netns /proc/${process.pid}/fd/${this.#server}`);
    this.ip('link set peer up');
    this.ip(`addr add ${network}.2/24 dev peer`);
    this.goToServer();
    this.ip(`link set ${name} up`);
    this.ip(`addr add ${network}.1/24 dev ${name}`);
  }

  /** Goes back to where we came from; what was made here ends with the last socket in it. */
  close(): void {
    this.#enter(this.#home);
    for (const fd of [this.#home, this.#server, this.#client]) closeSync(fd);
  }
}
