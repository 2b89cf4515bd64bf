/**
 * Error numbers as the drivers pass them: a system call that fails returns −errno, as the kernel itself does.
 */
import { constants } from 'node:os';

export const EPERM = constants.errno.EPERM;
export const ENOENT = constants.errno.ENOENT;
export const EINTR = constants.errno.EINTR;
export const EAGAIN = constants.errno.EAGAIN;
export const EACCES = constants.errno.EACCES;
export const EBUSY = constants.errno.EBUSY;
export const ENODEV = constants.errno.ENODEV;
export const EINVAL = constants.errno.EINVAL;
export const ENOTTY = constants.errno.ENOTTY;
export const EOPNOTSUPP = constants.errno.EOPNOTSUPP;
export const ETIMEDOUT = constants.errno.ETIMEDOUT;
export const EIO = constants.errno.EIO;
export const EBADF = constants.errno.EBADF;

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** `ENOENT` for 2 or −2; `errno 4711` where the number has no name. */
export function errnoName(errno: number): string {
  return NAMES.get(Math.abs(errno)) ?? `errno ${Math.abs(errno)}`;
}
