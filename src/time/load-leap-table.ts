/** Chooses the leap table: the operator's file, or the newest valid one of those at hand. */
import { readFileSync } from 'node:fs';
import { SHIPPED_LEAP_FILE } from './leap-seconds.ts';
import { type LeapTable, parseLeapFile } from './leap-table.ts';

/** Where Debian's tzdata keeps the file that IERS publishes. */
export const SYSTEM_LEAP_FILE = '/usr/share/zoneinfo/leap-seconds.list';

export interface LeapSource {
  readonly table: LeapTable;
  /** `shipped`, or the path it was read from. */
  readonly source: string;
}

/** `file`: a path, which must be valid, or `auto`. `error`: what is wrong with the file, and the remedy. */
export function loadLeapTable(file: string): LeapSource | { readonly error: string } {
  if (file !== 'auto') {
    const read = readTable(file);
    return 'table' in read ? read : { error: `${file}: ${read.error}; set it to auto or replace the file` };
  }
  const shipped = shippedTable();
  const system = readTable(SYSTEM_LEAP_FILE);
  return 'table' in system && system.table.expiryDay > shipped.table.expiryDay ? system : shipped;
}

export function shippedTable(): LeapSource {
  const parsed = parseLeapFile(SHIPPED_LEAP_FILE);
  if (parsed.error !== undefined) throw new Error(`the shipped leap table ${parsed.error}`);
  return { table: parsed.table, source: 'shipped' };
}

function readTable(path: string): LeapSource | { readonly error: string } {
  try {
    const parsed = parseLeapFile(readFileSync(path, 'utf8'));
    return parsed.error === undefined ? { table: parsed.table, source: path } : { error: parsed.error };
  } catch (error) {
    return { error: `can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}
