/**
 * What needs more rights than the service has goes through a helper: a fixed list of verbs, each with checked arguments.
 * The helper of the image listens on a unix socket and checks them again with the same function.
 */
import { isIP } from 'node:net';

export const VERBS = ['reboot', 'factory-reset', 'set-network', 'firewall', 'update'] as const;
export type Verb = (typeof VERBS)[number];

export interface NetworkRequest {
  /** Empty: left as it is. */
  readonly hostName: string;
  /** Empty: what this appliance has set of the network goes; the system's own settings hold. */
  readonly interface: string;
  readonly method: 'dhcp' | 'static';
  /** With prefix length, e.g. `192.0.2.7/24`; empty with `dhcp`. */
  readonly address: string;
  /** Empty: none. */
  readonly gateway: string;
}

export type HelperRequest =
  | { readonly verb: 'reboot' }
  | { readonly verb: 'factory-reset' }
  /** Opens the ports that the configuration file serves on, and no others. */
  | { readonly verb: 'firewall' }
  /** Installs the update that lies where updates are put; its signature is checked. `downgrade`: an older one too. */
  | { readonly verb: 'update'; readonly downgrade: boolean }
  | { readonly verb: 'set-network'; readonly network: NetworkRequest };

/**
 * `reason`: one line, what is wrong and what to do. All is as it was before, unless it is `unsettled`: then nobody knows
 * how much of it was done.
 */
export type HelperResult =
  | { readonly done: true; readonly text: string }
  | { readonly done: false; readonly reason: string; readonly unsettled?: true };

export interface SystemHelper {
  /** Whether the verb can be asked for here at all. */
  can(verb: Verb): boolean;
  perform(request: HelperRequest): Promise<HelperResult>;
}

/** A simulation, or a machine without the helper: nothing is done, and that is said. */
export function noHelper(why: string): SystemHelper {
  return { can: () => false, perform: async () => ({ done: false, reason: why }) };
}

const HOST_LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

/** Of those that take any, sorted. */
const ARGUMENTS: Partial<Readonly<Record<Verb, readonly string[]>>> = {
  'set-network': ['network', 'verb'],
  update: ['downgrade', 'verb'],
};

/** What a peer sent, or why it is not to be performed: a line. */
export function checkRequest(value: unknown): HelperRequest | string {
  const fields = asRecord(value);
  if (!fields) return 'the request is no object';
  const verb = VERBS.find((known) => known === fields['verb']);
  if (!verb) return `the verb is none of ${VERBS.join(', ')}`;
  const wanted = ARGUMENTS[verb] ?? ['verb'];
  if (Object.keys(fields).sort().join() !== wanted.join()) return `${verb} takes ${wanted.join(' and ')}`;
  if (verb === 'update') {
    const downgrade = fields['downgrade'];
    return typeof downgrade === 'boolean' ? { verb, downgrade } : 'downgrade is neither true nor false';
  }
  if (verb !== 'set-network') return { verb };
  const network = checkNetwork(fields['network']);
  return typeof network === 'string' ? network : { verb, network };
}

function checkNetwork(value: unknown): NetworkRequest | string {
  const fields = asRecord(value);
  const names = ['address', 'gateway', 'hostName', 'interface', 'method'];
  if (!fields || Object.keys(fields).sort().join() !== names.join())
    return `network takes ${names.join(', ')}`;
  if (!Object.values(fields).every((field) => typeof field === 'string')) return 'network takes texts';
  const {
    hostName,
    interface: device,
    method,
    address,
    gateway,
  } = fields as Record<string, string> & Record<(typeof names)[number], string>;
  if (hostName !== '' && !isHostName(hostName ?? '')) return 'hostName is no host name';
  if (device === '') return fields as unknown as NetworkRequest;
  // Linux: IFNAMSIZ, no slash, no white space. What begins with a hyphen, programs take for an option.
  if (!/^(?!-)[A-Za-z0-9_.-]{1,15}$/.test(device ?? '') || /^\.{1,2}$/.test(device ?? ''))
    return 'interface is no name of an interface';
  if (method === 'dhcp')
    return address === '' && gateway === ''
      ? (fields as unknown as NetworkRequest)
      : 'dhcp takes no address and no gateway';
  if (method !== 'static') return 'method is neither dhcp nor static';
  return checkAddresses(address ?? '', gateway ?? '') || (fields as unknown as NetworkRequest);
}

function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => HOST_LABEL.test(label));
}

function checkAddresses(address: string, gateway: string): string {
  const [host = '', bits = '', ...more] = address.split('/');
  const family = isIP(host);
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return 'address is not like 192.0.2.7/24';
  return gateway === '' || isIP(gateway) === family ? '' : 'gateway is no address of the same kind';
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
