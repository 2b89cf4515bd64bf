/** pino's JSON lines as a person reads them: time, level, message, and the particulars behind. */
import { Writable } from 'node:stream';

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

export function humanStream(out: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      out.write(humanLine(String(chunk)));
      done();
    },
  });
}

export function humanLine(json: string): string {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(json) as Record<string, unknown>;
  } catch {
    return json;
  }
  const { time, level, msg, ...rest } = record;
  const particulars = Object.entries(rest).map(([key, value]) => `${key}=${shown(value)}`);
  const clock = String(time).slice(11, 19);
  return `${[clock, (LEVELS[Number(level)] ?? '').padEnd(5), msg, ...particulars].join(' ').trimEnd()}\n`;
}

function shown(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
}
