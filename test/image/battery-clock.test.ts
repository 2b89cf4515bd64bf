import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attachBatteryClock, type I2cBus } from '../../image/guest/battery-clock.ts';
import { Scratch } from '../support/scratch.ts';

let scratch: Scratch;
let bus: I2cBus;
let adapter: string;

beforeEach(() => {
  scratch = new Scratch();
  bus = { devices: scratch.path, number: 1 };
  adapter = join(bus.devices, 'i2c-1');
});

afterEach(() => scratch.dispose());

/** As the kernel: a chip that answers becomes a clock. */
function plug(address: string, isClock = true): void {
  mkdirSync(join(bus.devices, `1-${address}`, isClock ? 'rtc' : 'power'), { recursive: true });
}

test('a machine without the bus', () => {
  expect(() => attachBatteryClock('ds3231', bus)).toThrow('no I2C bus on its header: set clock.rtc to none');
});

test('a chip that does not answer: its name is given back', () => {
  mkdirSync(adapter);
  expect(() => attachBatteryClock('pcf85063', bus)).toThrow('no pcf85063 answers on the I2C bus');
  expect(readFileSync(join(adapter, 'new_device'), 'utf8')).toBe('pcf85063 0x51');
  expect(readFileSync(join(adapter, 'delete_device'), 'utf8')).toBe('0x51');
});

test('one that is known already is not named again', () => {
  mkdirSync(adapter);
  writeFileSync(join(adapter, 'new_device'), '');
  plug('0068');
  attachBatteryClock('ds3231', bus);
  expect(readFileSync(join(adapter, 'new_device'), 'utf8')).toBe('');
});

test('named before, and no clock: what is plugged there is something else', () => {
  mkdirSync(adapter);
  plug('0068', false);
  expect(() => attachBatteryClock('ds1307', bus)).toThrow('no ds1307 answers');
});
