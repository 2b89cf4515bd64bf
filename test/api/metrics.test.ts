/** `/metrics`, by the grammar of the format, and the dashboard over it. */
import { describe, expect, test } from 'vitest';
import { grafanaDashboard } from '../../src/api/grafana-dashboard.ts';
import { metricsOf, type RecordFigures } from '../../src/api/metrics-list.ts';
import { gauge, metricsText } from '../../src/api/metrics-text.ts';
import type { Status } from '../../src/status/status.ts';
import { aStatus } from '../support/a-status.ts';

const figures: RecordFigures = {
  activeEvents: ['antenna', 'clock-lost'],
  unacknowledgedEvents: 3,
  streams: 2,
  droppedStreams: 1,
  auditEntries: 12,
  historyBytesWritten: 4096,
  syslog: [{ server: 'udp://[::1]:514', state: 'open', reason: '', queued: 1, sent: 5, dropped: 2 }],
  residentBytes: 70_000_000,
};
const textOf = (status: Status) => metricsText(metricsOf(status, figures));

const LINE =
  /^[a-z_]+(\{[a-z_]+="([^"\\\n]|\\[\\"n])*"(,[a-z_]+="([^"\\\n]|\\[\\"n])*")*\})? (-?\d+(\.\d+)?(e[-+]\d+)?|NaN|[+-]Inf)$/;

describe('metrics', () => {
  test('follow the format: every name once, with help and type, samples together', () => {
    const lines = textOf(aStatus()).trimEnd().split('\n');
    const names = new Set<string>();
    let current = '';
    for (const line of lines) {
      const head = /^# (HELP|TYPE) (timeball_[a-z_]+) (.+)$/.exec(line);
      if (head?.[1] === 'HELP') {
        expect(names.has(head[2] as string), head[2]).toBe(false);
        current = head[2] as string;
        names.add(current);
      } else if (head) {
        expect(head[2]).toBe(current);
        expect(head[3]).toBe(current.endsWith('_total') ? 'counter' : 'gauge');
      } else {
        expect(line).toMatch(LINE);
        expect(line.startsWith(`${current}{`) || line.startsWith(`${current} `), line).toBe(true);
      }
    }
    expect(names.size).toBeGreaterThan(45);
    const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ [^ ]+$/, ''));
    expect(new Set(samples).size).toBe(samples.length);
  });

  test('say what the status says, in base units', () => {
    const text = textOf(aStatus());
    for (const line of [
      'timeball_state{state="locked"} 1',
      'timeball_state{state="holdover"} 0',
      'timeball_stratum 1',
      'timeball_clock_error_bound_seconds 4.5e-7',
      'timeball_pps_offset_seconds -2e-8',
      'timeball_ntp_requests_total{outcome="served"} 500',
      'timeball_ntp_noted_total{what="authenticated"} 10',
      'timeball_edges_refused_total{reason="no-fix"} 3',
      'timeball_satellites_heard{system="GPS"} 4',
      'timeball_satellite_signal_dbhz{system="Galileo"} 34',
      'timeball_leap_table_expires_timestamp_seconds 1814140800',
      'timeball_event_active{type="antenna",severity="error"} 1',
      'timeball_syslog_dropped_total{server="udp://[::1]:514"} 2',
      'timeball_holdover_seconds{until="serviceEnds"} 200000',
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('leave out what is not known', () => {
    const text = textOf(
      aStatus({
        state: 'freerun',
        stratum: 16,
        clock: { offsetSeconds: null, errorBoundNs: null, ratePpm: null },
        holdover: { secondsUntil: null },
        receiver: { fixType: 'unknown', satellites: [], secondsSinceBytes: null },
        environment: { temperatureC: null, load: null },
      }),
    );
    expect(text).not.toMatch(
      /null|undefined|clock_offset|holdover_seconds|receiver_fix|temperature|satellites_heard/,
    );
    expect(text).toContain('timeball_stratum 16\n');
  });

  test('escape labels, and have words for what is no number', () => {
    const text = metricsText([
      gauge('x', 'Help.', [
        { labels: { a: 'q"b\\s\nn' }, value: Number.POSITIVE_INFINITY },
        { value: Number.NaN },
        { value: null },
      ]),
    ]);
    expect(text).toBe(
      '# HELP timeball_x Help.\n# TYPE timeball_x gauge\ntimeball_x{a="q\\"b\\\\s\\nn"} +Inf\ntimeball_x NaN\n',
    );
  });
});

describe('the Grafana dashboard', () => {
  test('asks only for metrics that there are, with labels that they have', () => {
    const text = textOf(aStatus());
    const { panels } = grafanaDashboard() as {
      panels: { id: number; title: string; targets: { expr: string; legendFormat: string }[] }[];
    };
    expect(panels.length).toBeGreaterThan(10);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, targets } of panels) {
      expect(targets.length, title).toBeGreaterThan(0);
      for (const { expr, legendFormat } of targets) {
        const name = /timeball_[a-z_]+/.exec(expr)?.[0] as string;
        const sample = text
          .split('\n')
          .find((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
        expect(sample, expr).toBeDefined();
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
          expect(sample).toContain(`${label}="`);
      }
    }
  });

  test('does not overlap itself', () => {
    const { panels } = grafanaDashboard() as { panels: { gridPos: Record<'x' | 'y' | 'w' | 'h', number> }[] };
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });
});
