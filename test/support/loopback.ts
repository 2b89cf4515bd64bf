import { networkInterfaces } from 'node:os';

/** Whether this machine has ::1: IPv6 may be switched off. */
export const hasLoopback6 = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .some(({ address }) => address === '::1');
