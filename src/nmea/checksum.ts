/** NMEA 0183 checksums: the exclusive-or of all characters between `$` and `*`. */

export function checksumOf(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i);
  return sum & 0xff;
}

/** `body` (without `$`) as a whole sentence: `$body*hh\r\n`. */
export function sealed(body: string): string {
  return `$${body}*${checksumOf(body).toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}
