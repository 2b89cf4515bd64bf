/**
 * A clock with a battery on the header's I2C bus (pins 3 and 5), made known to the kernel, which does the rest: sets the
 * system's clock by it when it finds it, and writes it while the time is known. Naming it here, in a running system,
 * spares an overlay in config.txt (Linux, i2c/instantiating-devices).
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/schema.ts';

export type BatteryClock = Exclude<Config['clock']['rtc'], 'none'>;

/** Addresses on the bus, which are fixed in the chip. */
const ADDRESSES: Readonly<Record<BatteryClock, number>> = {
  ds1307: 0x68,
  ds3231: 0x68,
  pcf8523: 0x68,
  pcf85063: 0x51,
};

export interface I2cBus {
  /** Its folder, such as /sys/bus/i2c/devices. */
  readonly devices: string;
  /** Number of the header's bus. */
  readonly number: number;
}

const HEADER: I2cBus = { devices: '/sys/bus/i2c/devices', number: 1 };

/** @throws Error of one line where there is no bus, or nothing that answers on it. */
export function attachBatteryClock(chip: BatteryClock, bus: I2cBus = HEADER): void {
  const adapter = join(bus.devices, `i2c-${bus.number}`);
  if (!existsSync(adapter))
    throw new Error('this machine has no I2C bus on its header: set clock.rtc to none');
  const address = ADDRESSES[chip].toString(16);
  const device = join(bus.devices, `${bus.number}-00${address}`);
  if (!existsSync(device)) writeFileSync(join(adapter, 'new_device'), `${chip} 0x${address}`);
  if (existsSync(join(device, 'rtc'))) return;
  // Else the name stays taken, and another chip could not be named.
  writeFileSync(join(adapter, 'delete_device'), `0x${address}`);
  throw new Error(`no ${chip} answers on the I2C bus: check how it is plugged, or set clock.rtc to none`);
}
