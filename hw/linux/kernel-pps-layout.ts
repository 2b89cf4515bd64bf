/**
 * Structures and requests of <linux/pps.h>, where struct pps_ktime is { s64 sec; s32 nsec; u32 flags }.
 */
import { ioRead, ioReadWrite, ioWrite } from './ioctl.ts';

/** struct pps_fdata: what PPS_FETCH takes (timeout) and gives (info). */
export const FDATA_SIZE = 64;
export const FDATA = {
  assertSequence: 0,
  clearSequence: 4,
  assertSeconds: 8,
  assertNanos: 16,
  clearSeconds: 24,
  clearNanos: 32,
  timeoutSeconds: 48,
  timeoutNanos: 56,
} as const;

/** struct pps_kparams. */
export const KPARAMS_SIZE = 40;
export const KPARAMS = { version: 0, mode: 4 } as const;

export const PPS_API_VERSION = 1;
export const PPS_CAPTURE_ASSERT = 0x01;
export const PPS_CAPTURE_CLEAR = 0x02;

/**
 * The header passes pointer types to _IOR and so encodes the size of a pointer, not of the structure.
 */
export function ppsRequests(wordSize: 4 | 8) {
  const type = 'p'.charCodeAt(0);
  return {
    getParams: ioRead(type, 0xa1, wordSize),
    setParams: ioWrite(type, 0xa2, wordSize),
    getCapabilities: ioRead(type, 0xa3, wordSize),
    fetch: ioReadWrite(type, 0xa4, wordSize),
  };
}
