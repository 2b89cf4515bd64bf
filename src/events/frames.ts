/** The wire format of server-sent events: WHATWG HTML §9.2. */
import type { Status } from '../status/status.ts';

/** `data`: JSON text, so without line breaks. */
export function frame(event: string, data: string, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** As `GET /api/v1/status` has it: what is not known is null. */
export function statusText(status: Status): string {
  return JSON.stringify(status, (_key, value) => (value === undefined ? null : value));
}
