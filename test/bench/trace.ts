/** Clock traces: one row a second of `t,freq,cpu_temp,cpu_load,pps_error`, plain or gzip'd. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface TraceRow {
  /** Seconds gained per true second by the local clock. */
  readonly freq: number;
  readonly temperature: number;
  readonly load: number;
  /** Seconds that the edge's stamp adds; NaN: no edge. */
  readonly ppsError: number;
}

export function readTrace(path: string): TraceRow[] {
  const raw = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString('latin1');
  const [header = '', ...lines] = text.trim().split('\n');
  if (header.trim() !== 't,freq,cpu_temp,cpu_load,pps_error')
    throw new Error(
      `${path}: the first line is "${header.slice(0, 60)}", not t,freq,cpu_temp,cpu_load,pps_error`,
    );
  return lines.map((line, index) => {
    const [, freq, temperature, load, ppsError] = line.split(',').map(Number);
    if (
      freq === undefined ||
      temperature === undefined ||
      load === undefined ||
      ppsError === undefined ||
      Number.isNaN(freq)
    )
      throw new Error(`${path}:${index + 2}: is not five numbers: "${line.slice(0, 60)}"`);
    return { freq, temperature, load, ppsError };
  });
}
