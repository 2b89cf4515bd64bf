import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The descriptors of this process's IPv4 UDP sockets on a port: through their inodes in /proc/net/udp. */
export function descriptorsOf(port: number): number[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = readFileSync('/proc/self/net/udp', 'utf8').split('\n');
  const inodes = rows
    .filter((row) => row.includes(`:${hex} 00000000`))
    .map((row) => `socket:[${row.trim().split(/\s+/)[9]}]`);
  return readdirSync('/proc/self/fd')
    .filter((name) => inodes.includes(linkOf(name)))
    .map(Number);
}

/** The directory's own descriptor is gone by the time it is looked at. */
function linkOf(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return '';
  }
}
