import type { ComponentChildren } from 'preact';
import type { SystemView } from '../../../api/system-controls.ts';
import type { Loaded as LoadedCall } from '../../api.ts';
import { Card, Facts } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { duration, NOTHING } from '../../ui/number.ts';
import { Utc } from '../../ui/time.tsx';

export function AboutCard({ system }: { readonly system: LoadedCall<SystemView> }) {
  return (
    <Card title="About">
      <Loaded of={system} what="details of the system">
        {(data) => <Facts rows={factsOf(data)} />}
      </Loaded>
    </Card>
  );
}

function factsOf(data: SystemView): readonly (readonly [string, ComponentChildren])[] {
  return [
    ['Version', data.version],
    ['Built', data.buildDate],
    ['Node.js', data.node],
    ['Machine', data.model || NOTHING],
    ['Running for', duration(data.uptimeSeconds)],
    ['Settings changed (UTC)', <Utc key="change" at={data.lastConfigChange} />],
    ['Memory', `${usage(data.memory)}, ${bytes(data.memory.residentBytes)} used by the appliance`],
    ['Disk', usage(data.disk)],
    ['History', `${bytes(data.history.fileBytes)}, ${bytes(data.history.bytesPerDay)} written a day`],
    ...data.syslog.map(syslogFact),
  ];
}

function syslogFact({ server, state, reason, sent, dropped }: SystemView['syslog'][number]) {
  const lost = dropped > 0 ? `, ${dropped} lost` : '';
  return [`Syslog ${server}`, `${state}${reason && `: ${reason}`}, ${sent} sent${lost}`] as const;
}

function usage(part: SystemView['disk']): string {
  if (!part) return NOTHING;
  return `${bytes(part.freeBytes)} of ${bytes(part.totalBytes)} free`;
}

/** `512 MB`, `29.1 GB`. */
export function bytes(size: number): string {
  const [scaled, unit] =
    size >= 1e9 ? [size / 1e9, 'GB'] : size >= 1e6 ? [size / 1e6, 'MB'] : [size / 1e3, 'kB'];
  return `${scaled.toFixed(scaled < 10 ? 1 : 0)} ${unit}`;
}
