/** What of a changed configuration can be taken over while the appliance runs. */
import type { Config } from './config/schema.ts';

/** Sections, or single keys of one, that take effect at once. */
const AT_ONCE: readonly string[] = [
  'access',
  'keys',
  'http',
  'network',
  'syslog',
  'ntp.listen',
  'ntp.port',
  'ntp.servers',
  'log.level',
];

/** The keys that differ and wait for the next start. */
export function waitingForRestart(before: Config, after: Config): string[] {
  const sections = Object.keys(before) as (keyof Config)[];
  return sections.flatMap((section) => {
    if (AT_ONCE.includes(section)) return [];
    const old = before[section] as Readonly<Record<string, unknown>>;
    return Object.entries(after[section])
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(old[key]))
      .map(([key]) => `${section}.${key}`)
      .filter((key) => !AT_ONCE.includes(key));
  });
}
