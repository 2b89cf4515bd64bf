/**
 * Whether this process may set the clock: the effective capability set in /proc/self/status, capabilities(7).
 */
import { readFileSync } from 'node:fs';

const CAP_SYS_TIME = 25n;

/** `path` is the file to read; false where it can't be told. */
export function maySetClock(path = '/proc/self/status'): boolean {
  try {
    const set = /^CapEff:\s*([0-9a-fA-F]+)$/m.exec(readFileSync(path, 'latin1'))?.[1];
    return set !== undefined && ((BigInt(`0x${set}`) >> CAP_SYS_TIME) & 1n) === 1n;
  } catch {
    return false;
  }
}
