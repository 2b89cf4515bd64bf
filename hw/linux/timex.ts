/**
 * struct timex of <linux/timex.h> for clock_adjtime(2), 64-bit layout. With 4-byte longs (32-bit arm) the layout
 * differs, and steering is not supported there.
 */
export const TIMEX_SIZE = 208;

/** Byte offsets of the members in use. */
export const TIMEX = {
  modes: 0, // u32: which of the others to take over
  freq: 16, // s64: parts per million, scaled by 2^16
  maxerror: 24, // s64: µs
  esterror: 32, // s64: µs
  status: 40, // s32: STA_*
  constant: 48, // s64: carries TAI − UTC with ADJ_TAI
  tolerance: 64, // s64: largest |freq|, scaled like it; read only
  seconds: 72, // s64: time.tv_sec
  fraction: 80, // s64: time.tv_usec; nanoseconds with ADJ_NANO
  tai: 160, // s32: TAI − UTC as set; read only
} as const;

export const ADJ_FREQUENCY = 0x0002;
export const ADJ_MAXERROR = 0x0004;
export const ADJ_ESTERROR = 0x0008;
export const ADJ_STATUS = 0x0010;
export const ADJ_TAI = 0x0080;
export const ADJ_SETOFFSET = 0x0100;
export const ADJ_NANO = 0x2000;

export const STA_UNSYNC = 0x0040;

/** One call's argument, reused. The call is `clock_adjtime(CLOCK_REALTIME, bytes)`; result ≥ 0, or −errno. */
export class Timex {
  readonly bytes = new Uint8Array(TIMEX_SIZE);
  readonly #view = new DataView(this.bytes.buffer);

  /** Clears all and sets `modes`. With 0, the kernel only fills in what it has. */
  begin(modes: number): void {
    this.bytes.fill(0);
    this.#view.setUint32(TIMEX.modes, modes, true);
  }

  setInt(offset: number, value: number): void {
    this.#view.setInt32(offset, value, true);
  }

  setLong(offset: number, value: number): void {
    this.#view.setBigInt64(offset, BigInt(value), true);
  }

  getLong(offset: number): number {
    return Number(this.#view.getBigInt64(offset, true));
  }
}
