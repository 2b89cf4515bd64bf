/** Settings in a folder of a test's own, with what they tell the audit, the events and the appliance. */
import { join } from 'node:path';
import type { AuditRecord } from '../../src/audit/audit-sink.ts';
import type { AtomicFs } from '../../src/config/atomic-file.ts';
import type { Config } from '../../src/config/schema.ts';
import { openSettings } from '../../src/settings/open.ts';
import { isRefusal, type Refusal } from '../../src/settings/refusal.ts';
import type { SettingsService } from '../../src/settings/settings.ts';
import { VirtualTimers } from '../hw/linux/virtual-timers.ts';

export const ANNA = { name: 'anna', role: 'admin', via: 'session', address: '192.0.2.7' } as const;

export class Fixture {
  readonly folder: string;
  readonly file: string;
  readonly timers = new VirtualTimers();
  readonly audited: AuditRecord[] = [];
  readonly events: string[] = [];
  readonly warnings: string[] = [];
  /** What the appliance was given. */
  readonly applied: Config[] = [];
  /** Why the appliance refuses; undefined: it does not. */
  objection: ((config: Config) => string) | undefined;

  constructor(folder: string, file = join(folder, 'timeball.yaml')) {
    this.folder = folder;
    this.file = file;
  }

  async open(fs?: AtomicFs): Promise<SettingsService> {
    const settings = await openSettings({
      file: this.file,
      stateDirectory: join(this.folder, 'state'),
      audit: { record: (entry) => this.audited.push(entry) },
      events: { raise: (type, text) => this.events.push(`${type}: ${text}`) },
      timers: this.timers,
      clock: () => ({ millis: Date.UTC(2026, 10, 21) + this.timers.now, trusted: true }),
      warn: (text) => this.warnings.push(text),
      ...(fs && { fs }),
    });
    if ('errors' in settings) throw new Error(JSON.stringify(settings.errors));
    const apply = async (config: Config) => {
      const why = this.objection?.(config) ?? '';
      if (why !== '') throw new Error(why);
      this.applied.push(config);
      return [];
    };
    settings.attach(apply, () => ['http://192.0.2.9:8080']);
    return settings;
  }
}

/** @throws Error where it was refused. */
export function made<T>(result: T | Refusal): T {
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.detail}`);
  return result;
}

export function refused(result: unknown): Refusal {
  if (!isRefusal(result)) throw new Error(`not refused: ${JSON.stringify(result)}`);
  return result;
}

/** Waits for real files under virtual time. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error('it never came');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
