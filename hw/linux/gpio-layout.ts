/**
 * Structures, flags and requests of <linux/gpio.h>, character device ABI v2 (Linux 5.10). The header pads its
 * structures so that 32-bit and 64-bit programs share one layout.
 */
import { ioRead, ioReadWrite } from './ioctl.ts';

const TYPE = 0xb4;
const NAME_SIZE = 32;

/** struct gpiochip_info. */
export const CHIP_INFO_SIZE = 68;
export const CHIP_INFO = { label: 32, lines: 64 } as const;
export const GPIO_GET_CHIPINFO = ioRead(TYPE, 0x01, CHIP_INFO_SIZE);

/** struct gpio_v2_line_info. */
export const LINE_INFO_SIZE = 256;
export const LINE_INFO = { name: 0, consumer: 32, offset: 64, flags: 72 } as const;
export const GPIO_V2_GET_LINEINFO = ioReadWrite(TYPE, 0x05, LINE_INFO_SIZE);

/** struct gpio_v2_line_request; its `config` starts at 288 with the flags. */
export const LINE_REQUEST_SIZE = 592;
export const LINE_REQUEST = {
  offsets: 0,
  consumer: 256,
  flags: 288,
  lineCount: 560,
  eventBufferSize: 564,
  fd: 588,
} as const;
export const GPIO_V2_GET_LINE = ioReadWrite(TYPE, 0x07, LINE_REQUEST_SIZE);

/** struct gpio_v2_line_event. */
export const LINE_EVENT_SIZE = 48;
export const LINE_EVENT = { timestamp: 0, id: 8, offset: 12, lineSequence: 20 } as const;
export const EVENT_RISING = 1;

/** enum gpio_v2_line_flag; all in the low 32 bits. */
export const FLAG_USED = 1 << 0;
export const FLAG_ACTIVE_LOW = 1 << 1;
export const FLAG_INPUT = 1 << 2;
export const FLAG_OUTPUT = 1 << 3;
export const FLAG_EDGE_RISING = 1 << 4;
export const FLAG_EDGE_FALLING = 1 << 5;
export const FLAG_EVENT_CLOCK_REALTIME = 1 << 11;

/** A NUL-padded name in one of the structures. */
export function nameAt(bytes: Uint8Array, offset: number): string {
  const field = bytes.subarray(offset, offset + NAME_SIZE);
  const end = field.indexOf(0);
  return new TextDecoder('latin1').decode(end < 0 ? field : field.subarray(0, end));
}

/** GPIO_V2_LINES_MAX: most lines in one request. */
export const MAX_LINES = 64;

export interface LineRequest {
  /** 1 to `MAX_LINES`. */
  readonly lines: readonly number[];
  readonly consumer: string;
  readonly flags: number;
  /** Events that the kernel should keep for a reader that is late. */
  readonly eventBufferSize: number;
}

/** The argument of GPIO_V2_GET_LINE. */
export function encodeLineRequest(request: LineRequest): Uint8Array {
  const bytes = new Uint8Array(LINE_REQUEST_SIZE);
  const view = new DataView(bytes.buffer);
  for (const [index, line] of request.lines.entries())
    view.setUint32(LINE_REQUEST.offsets + 4 * index, line, true);
  bytes.set(new TextEncoder().encode(request.consumer).subarray(0, NAME_SIZE - 1), LINE_REQUEST.consumer);
  view.setBigUint64(LINE_REQUEST.flags, BigInt(request.flags), true);
  view.setUint32(LINE_REQUEST.lineCount, request.lines.length, true);
  view.setUint32(LINE_REQUEST.eventBufferSize, request.eventBufferSize, true);
  return bytes;
}
