/** What goes out by syslog, from the parts that keep records. */
import type { AuditEntry } from './audit/chain.ts';
import type { EventChange, EventItem } from './events/event-item.ts';
import type { Severity } from './events/event-types.ts';
import type { LogItem, LogLevel } from './events/log-ring.ts';
import type { SyslogLevel, SyslogMessage } from './syslog/message.ts';

const BY_SEVERITY: Readonly<Record<Severity, SyslogLevel>> = {
  info: 'notice',
  warning: 'warning',
  error: 'error',
  critical: 'critical',
};

/** For who stands before the appliance, not for whoever listens on the network. */
const CLAIM_CODE = 'claimCode';

/** Undefined: too much for others. */
const BY_LEVEL: Readonly<Record<LogLevel, SyslogLevel | undefined>> = {
  trace: undefined,
  debug: undefined,
  info: 'info',
  warn: 'warning',
  error: 'error',
  fatal: 'critical',
};

export function ofEvent(item: EventItem, change: EventChange): SyslogMessage {
  const over = change === 'cleared' || change === 'acknowledged';
  const by = change === 'acknowledged' ? ` by ${item.acknowledgedBy}` : '';
  return {
    level: over ? 'notice' : BY_SEVERITY[item.severity],
    at:
      (change === 'cleared' ? item.clearedAt : change === 'acknowledged' ? item.acknowledgedAt : null) ??
      item.lastAt,
    id: item.type,
    text: over ? `${change}${by}: ${item.text}` : item.text,
    data: { event: item.id, severity: item.severity, change, active: item.active, count: item.count },
  };
}

/** With its hash: a record kept elsewhere shows when the one here was changed. */
export function ofAudit({ seq, at, actor, action, target, hash }: AuditEntry): SyslogMessage {
  return {
    level: 'notice',
    at,
    id: 'audit',
    text: `${actor.name}: ${action} ${target}`,
    data: { seq, user: actor.name, role: actor.role, via: actor.via, address: actor.address, action, hash },
  };
}

export function ofLogLine({ at, level, text, data }: LogItem): SyslogMessage | undefined {
  const known = BY_LEVEL[level];
  if (known === undefined) return undefined;
  const particulars = Object.entries(data)
    .filter(([key]) => key !== CLAIM_CODE)
    .map(([key, value]) => `${key}=${shown(value)}`);
  return { level: known, at: at === '' ? '-' : at, id: 'log', text: [text, ...particulars].join(' ') };
}

function shown(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
}
