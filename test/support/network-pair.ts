/** Two networks joined by a cable: a server's and its clients', each with a port 123 of its own. */
import { NetworkNamespace } from './network-namespace.ts';
import { run } from './program.ts';

/** RFC 5737 and RFC 3849: addresses for documentation, so that nothing real is shadowed. */
export const SERVER = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' } as const;
/** The server has these too: clients with several servers know them by their addresses. */
export const SERVER_ALIASES = ['192.0.2.11', '192.0.2.12', '192.0.2.13', '192.0.2.14', '192.0.2.15'] as const;
export const CLIENT = { ipv4: '192.0.2.2', ipv6: '2001:db8::2' } as const;
/** The server has a route to this address of the clients' side, but is not attached to its network. */
export const REMOTE_CLIENT = '198.51.100.2';

const LINK = 'veth0';

export class NetworkPair {
  readonly server: NetworkNamespace;
  readonly clients: NetworkNamespace;
  readonly hasIpv6: boolean;

  private constructor(server: NetworkNamespace, clients: NetworkNamespace, hasIpv6: boolean) {
    this.server = server;
    this.clients = clients;
    this.hasIpv6 = hasIpv6;
  }

  /** Makes both, or says in one line why that can't be done here. */
  static async create(): Promise<NetworkPair | string> {
    const server = await NetworkNamespace.create();
    if (typeof server === 'string') return server;
    const clients = await NetworkNamespace.create();
    if (typeof clients === 'string') {
      await server.remove();
      return clients;
    }
    const reason = await join(server, clients);
    // Without duplicate address detection, which would keep the addresses from being used for a second.
    const hasIpv6 =
      (await ip(server, 'addr', 'add', `${SERVER.ipv6}/64`, 'dev', LINK, 'nodad')) === '' &&
      (await ip(clients, 'addr', 'add', `${CLIENT.ipv6}/64`, 'dev', LINK, 'nodad')) === '';
    const pair = new NetworkPair(server, clients, hasIpv6);
    if (reason === '') return pair;
    await pair.remove();
    return `two networks can't be joined here: ${reason}`;
  }

  async remove(): Promise<void> {
    await this.clients.remove();
    await this.server.remove();
  }
}

/** Returns what went wrong, or ''. */
async function join(server: NetworkNamespace, clients: NetworkNamespace): Promise<string> {
  const steps: [NetworkNamespace, ...string[]][] = [
    [server, 'link', 'add', LINK, 'type', 'veth', 'peer', 'name', LINK, 'netns', clients.name],
    [server, 'link', 'set', LINK, 'up'],
    [clients, 'link', 'set', LINK, 'up'],
    ...[SERVER.ipv4, ...SERVER_ALIASES].map((address): [NetworkNamespace, ...string[]] => {
      return [server, 'addr', 'add', `${address}/24`, 'dev', LINK];
    }),
    [clients, 'addr', 'add', `${CLIENT.ipv4}/24`, 'dev', LINK],
    [clients, 'addr', 'add', `${REMOTE_CLIENT}/32`, 'dev', LINK],
    [server, 'route', 'add', `${REMOTE_CLIENT}/32`, 'via', CLIENT.ipv4],
  ];
  for (const [network, ...args] of steps) {
    const reason = await ip(network, ...args);
    if (reason !== '') return reason;
  }
  return '';
}

async function ip({ name }: NetworkNamespace, ...args: readonly string[]): Promise<string> {
  const { code, err } = await run(['ip', '-n', name, ...args]);
  return code === 0 ? '' : err.trim() || `ip ${args.join(' ')} failed`;
}
