/**
 * Which serial device to open, and in plain words why one can't be.
 */
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** In this order: the header's UART (serial0 is the Raspberry Pi's alias), then USB receivers and adapters. */
const CANDIDATES = [/^serial0$/, /^ttyAMA0$/, /^ttyS0$/, /^ttyACM\d+$/, /^ttyUSB\d+$/];

/** The serial devices that exist, likeliest first, each once. `root` is `/dev` unless a test says otherwise. */
export function serialDevices(root = '/dev'): string[] {
  const names = list(root).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const paths = CANDIDATES.flatMap((candidate) =>
    names.filter((entry) => candidate.test(entry)).map((entry) => join(root, entry)),
  );
  const seen = new Set<string>();
  return paths.filter((path) => {
    const device = target(path);
    if (device === undefined || seen.has(device)) return false;
    seen.add(device);
    return true;
  });
}

/** An alias may lead to a UART that is off. */
function target(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export const NO_SERIAL_DEVICE =
  'no serial device found (serial0, ttyAMA0, ttyS0, ttyACM*, ttyUSB*): connect the receiver, enable the UART, or set receiver.device';

/** `serialport` reports the C library's text of an error, not its number. */
const REMEDIES: readonly [RegExp, (device: string) => string][] = [
  [/No such file/, (d) => `${d} does not exist: connect the receiver or set receiver.device`],
  [
    /Permission denied|not permitted/,
    (d) => `no permission to open ${d}: add the service's user to group dialout`,
  ],
  [
    /busy|Cannot lock/i,
    (d) => `${d} is in use by another program: stop it (gpsd? a login console on this port?)`,
  ],
  [/Inappropriate ioctl/, (d) => `${d} is not a serial device: set receiver.device to a tty`],
  [
    /No such device|Input\/output error/,
    (d) => `${d} has no hardware behind it: check the cable, or enable the UART`,
  ],
];

/** One line: what is wrong with `device` and what to do about it. */
export function serialReason(message: string, device: string): string {
  const remedy = REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
  return remedy ? remedy(device) : `cannot open ${device}: ${message.replace(/^Error:?\s*/, '')}`;
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
