/** A Grafana dashboard over `/metrics`: imported as it is, it asks for the Prometheus to use. */

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly (readonly [expression: string, legend: string])[];
  readonly type?: 'timeseries' | 'stat';
  readonly description?: string;
}

const HERE = '{instance=~"$instance"}';
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in at the import
const DATASOURCE = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };

/** Four stats in the first row, then two plots a row. */
const STATS: readonly Panel[] = [
  { title: 'State', unit: 'none', queries: [[`timeball_state${HERE} == 1`, '{{state}}']], type: 'stat' },
  {
    title: 'Error bound',
    unit: 's',
    queries: [[`timeball_clock_error_bound_seconds${HERE}`, '']],
    type: 'stat',
  },
  {
    title: 'Good without edges for',
    unit: 's',
    queries: [['timeball_holdover_seconds{instance=~"$instance",until="serviceEnds"}', '']],
    type: 'stat',
  },
  {
    title: 'Conditions',
    unit: 'none',
    queries: [[`timeball_event_active${HERE}`, '{{type}}']],
    type: 'stat',
  },
];

const PLOTS: readonly Panel[] = [
  {
    title: 'PPS offset and error bound',
    unit: 's',
    queries: [
      [`timeball_pps_offset_seconds${HERE}`, 'offset'],
      [`timeball_clock_error_bound_seconds${HERE}`, 'bound'],
      [`timeball_pps_jitter_seconds${HERE}`, 'jitter'],
    ],
  },
  {
    title: 'Requests by outcome',
    unit: 'reqps',
    queries: [
      [`sum by (outcome) (rate(timeball_ntp_requests_total${HERE}[$__rate_interval])) > 0`, '{{outcome}}'],
    ],
  },
  { title: 'Rate of the local clock', unit: 'ppm', queries: [[`timeball_clock_rate_ppm${HERE}`, 'rate']] },
  {
    title: 'Temperature',
    unit: 'celsius',
    queries: [[`timeball_temperature_celsius${HERE}`, 'board']],
  },
  {
    title: 'Satellites',
    unit: 'none',
    queries: [
      [`timeball_satellites_used${HERE}`, 'used'],
      [`timeball_satellites_heard${HERE}`, '{{system}} heard'],
    ],
  },
  { title: 'Signal', unit: 'dB', queries: [[`timeball_satellite_signal_dbhz${HERE}`, '{{system}}']] },
  {
    title: 'Edges refused',
    unit: 'none',
    queries: [[`rate(timeball_edges_refused_total${HERE}[$__rate_interval])`, '{{reason}}']],
  },
  {
    title: 'Holdover: time until',
    unit: 's',
    queries: [[`timeball_holdover_seconds${HERE}`, '{{until}}']],
    description: 'How long the clock would be good for, were the antenna lost now.',
  },
  {
    title: 'Shed by the kernel',
    unit: 'reqps',
    queries: [[`rate(timeball_ntp_kernel_drops_total${HERE}[$__rate_interval])`, 'shed']],
  },
  {
    title: 'CPU and memory',
    unit: 'percentunit',
    queries: [[`timeball_cpu_load_ratio${HERE}`, 'CPU']],
  },
];

export function grafanaDashboard(): Record<string, unknown> {
  const stats = STATS.map((panel, index) => panelOf(panel, index, { x: index * 6, y: 0, w: 6, h: 4 }));
  const plots = PLOTS.map((panel, index) => {
    const place = { x: (index % 2) * 12, y: 4 + Math.floor(index / 2) * 8, w: 12, h: 8 };
    return panelOf(panel, STATS.length + index, place);
  });
  return {
    __inputs: [
      {
        name: 'DS_PROMETHEUS',
        label: 'Prometheus',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
    ],
    __requires: [{ type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' }],
    title: 'Timeball',
    uid: 'timeball',
    schemaVersion: 39,
    timezone: 'utc',
    refresh: '10s',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [instances()] },
    panels: [...stats, ...plots],
  };
}

function instances() {
  return {
    name: 'instance',
    label: 'Appliance',
    type: 'query',
    datasource: DATASOURCE,
    query: { query: 'label_values(timeball_info, instance)', refId: 'instances' },
    refresh: 2,
    multi: true,
    includeAll: true,
    current: { text: 'All', value: '$__all' },
  };
}

function panelOf(panel: Panel, index: number, gridPos: Record<string, number>) {
  const { title, unit, queries, type = 'timeseries', description = '' } = panel;
  const named = title === 'State' || title === 'Conditions';
  return {
    id: index + 1,
    title,
    description,
    type,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit }, overrides: [] },
    ...(type === 'stat' && {
      options: { textMode: named ? 'name' : 'value', reduceOptions: { calcs: ['lastNotNull'] } },
    }),
    targets: queries.map(([expr, legendFormat], place) => ({
      refId: String.fromCharCode(65 + place),
      datasource: DATASOURCE,
      expr,
      legendFormat,
    })),
  };
}
