/** The text format of Prometheus, version 0.0.4. */

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly Sample[];
}

/** Null: not known, and left out. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number | null | undefined;
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function gauge(name: string, help: string, value: Sample['value'] | readonly Sample[]): Metric {
  return { name: `timeball_${name}`, help, type: 'gauge', samples: samplesOf(value) };
}

/** `name` without the `_total` that counters end in. */
export function counter(name: string, help: string, value: Sample['value'] | readonly Sample[]): Metric {
  return { name: `timeball_${name}_total`, help, type: 'counter', samples: samplesOf(value) };
}

function samplesOf(value: Sample['value'] | readonly Sample[]): readonly Sample[] {
  return typeof value === 'object' && value !== null ? value : [{ value }];
}

export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(one).join('');
}

function one({ name, help, type, samples }: Metric): string {
  const known = samples.filter(({ value }) => typeof value === 'number');
  if (known.length === 0) return '';
  const lines = known.map(
    ({ labels = {}, value }) => `${name}${labelText(labels)} ${number(value as number)}\n`,
  );
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
