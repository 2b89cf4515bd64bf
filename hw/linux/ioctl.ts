/**
 * Request numbers of ioctl(2), as <asm-generic/ioctl.h> builds them: direction, size of the argument, driver's
 * letter, number. x86 and arm share this layout.
 */
const WRITE = 1; // from the program's view: the kernel reads the argument
const READ = 2;

/** The kernel fills the argument: `_IOR`. */
export function ioRead(type: number, number: number, size: number): number {
  return encode(READ, type, number, size);
}

/** The kernel takes the argument: `_IOW`. */
export function ioWrite(type: number, number: number, size: number): number {
  return encode(WRITE, type, number, size);
}

/** Both: `_IOWR`. */
export function ioReadWrite(type: number, number: number, size: number): number {
  return encode(READ | WRITE, type, number, size);
}

function encode(direction: number, type: number, number: number, size: number): number {
  return ((direction << 30) | (size << 16) | (type << 8) | number) >>> 0;
}
