/** Which control messages are requests, and what they ask for. Pure; reads, writes nothing. */
import { MODE, modeOf, versionOf } from '../packet.ts';
import {
  CONTROL_DATA_BYTES,
  CONTROL_FIELD,
  CONTROL_HEADER_BYTES,
  ERROR_BIT,
  MORE_BIT,
  RESPONSE_BIT,
} from './control-message.ts';

/**
 * Whether the `length` bytes at `start` are a whole, well-formed request. Responses and errors are not, so that two
 * servers can't be made to answer each other; fragments are not, since no request needs more than one datagram.
 * What follows the data (padding, a MAC) is not looked at: reading needs no key.
 */
export function isControlRequest(view: DataView, start: number, length: number, capacity: number): boolean {
  if (length < CONTROL_HEADER_BYTES || length > capacity) return false;
  const first = view.getUint8(start);
  const version = versionOf(first);
  if (modeOf(first) !== MODE.control || version < 1 || version > 4) return false;
  const operation = view.getUint8(start + CONTROL_FIELD.operation);
  if ((operation & (RESPONSE_BIT | ERROR_BIT | MORE_BIT)) !== 0) return false;
  if (view.getUint16(start + CONTROL_FIELD.offset) !== 0) return false;
  const count = view.getUint16(start + CONTROL_FIELD.count);
  return count <= CONTROL_DATA_BYTES && count <= length - CONTROL_HEADER_BYTES;
}

/**
 * Names in the request's data, comma separated; none: all are wanted. Clients may pad with NULs, spaces or line
 * ends, and may send `name=value`, whose value means nothing to a reader (RFC 9327 §4).
 */
export function namesAsked(view: DataView, start: number): string[] {
  const count = view.getUint16(start + CONTROL_FIELD.count);
  let text = '';
  for (let i = 0; i < count; i++)
    text += String.fromCharCode(view.getUint8(start + CONTROL_HEADER_BYTES + i));
  const names = text.split(',').map((item) => (item.split('=')[0] as string).replace(/[\0\s]+/g, ''));
  return names.filter((name) => name !== '');
}
