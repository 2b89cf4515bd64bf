/** The network interfaces of this machine. */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

let last: NodeJS.Dict<NetworkInterfaceInfo[]> = {};

/** As `os.networkInterfaces()`, which throws where descriptors have run out: then what it gave the last time. */
export function ownInterfaces(): NodeJS.Dict<NetworkInterfaceInfo[]> {
  try {
    last = networkInterfaces();
  } catch {
    // What is served goes on being served.
  }
  return last;
}
