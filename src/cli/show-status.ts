/** `timeball status`: asks a running appliance and shows what it says. */

import { receiverModelText } from '../status/receiver-model-text.ts';
import type { Status } from '../status/status.ts';
import { askAppliance, type Target } from './ask-appliance.ts';
import { time } from './time-text.ts';

export async function showStatus(target: Target, json: boolean): Promise<void> {
  const status = await askAppliance<Status>('timeball status', target, '/api/v1/status');
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : statusText(status));
}

export function statusText(s: Status): string {
  const refused = Object.entries(s.reference.edgesRefused).map(([reason, count]) => `${reason} ${count}`);
  const heard = s.receiver.satellites.filter((sat) => sat.signal !== undefined).length;
  const rows: [string, string][] = [
    ['state', s.reason === '' ? s.state : `${s.state}: ${s.reason}`],
    ['UTC', s.utc ?? 'not served'],
    ['stratum', String(s.stratum)],
    ['error bound', time(s.clock.errorBoundNs)],
    ['local clock - UTC', s.clock.offsetSeconds === null ? '-' : time(s.clock.offsetSeconds * 1e9, true)],
    [
      'rate',
      s.clock.ratePpm === null ? '-' : `${s.clock.ratePpm < 0 ? '' : '+'}${s.clock.ratePpm.toFixed(3)} ppm`,
    ],
    ['without edges', s.holdover.secondsUntil ? `served for ${s.holdover.secondsUntil.serviceEnds} s` : '-'],
    ['last edge', s.pps.secondsSinceEdge === null ? 'never' : `${s.pps.secondsSinceEdge.toFixed(1)} s ago`],
    ['edge jitter', time(s.pps.jitterNs)],
    [
      'label margin',
      typeof s.reference.margin !== 'number' ? '-' : `${(s.reference.margin * 1000).toFixed(0)} ms`,
    ],
    [
      'edges',
      `${s.reference.edgesLabelled} labelled${refused.length > 0 ? `; refused: ${refused.join(', ')}` : ''}`,
    ],
    ['week repair', s.reference.weekRepair === 0 ? 'none' : `${s.reference.weekRepair} weeks added`],
    ['rejected', rejectedText(s.receiver.rejected)],
    ['fix', `${s.receiver.fixType}, ${s.receiver.satellitesUsed ?? 0} satellites used, ${heard} heard`],
    ['receiver', deviceText(s.receiver.device)],
    ['model', receiverModelText(s.receiver.model) || 'not told'],
    ['PPS', deviceText(s.pps.device)],
    ['NTP', `${s.ntp.listening.join(', ')} (${deviceText(s.ntp.service)})`],
    ['answers', answersText(s.ntp)],
    ['page and API', managementText(s.management)],
    ['leap table', `${s.leap.expired ? 'expired' : 'valid until'} ${s.leap.expires} (${s.leap.source})`],
    ['temperature', s.environment.temperatureC === null ? '-' : `${s.environment.temperatureC.toFixed(1)} C`],
    ['version', `${s.version}, built ${s.buildDate}, up ${s.uptimeSeconds} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function answersText({ counters, kernelDrops, rules, keys }: Status['ntp']): string {
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + (counters[name] ?? 0), 0);
  const answered = sum(['served', 'served-symmetric', 'served-unsynchronised', 'served-interleaved']);
  const refused = `${counters['denied'] ?? 0} denied, ${counters['rate-limited'] ?? 0} over the rate limit`;
  const shed = kernelDrops > 0 ? `, ${kernelDrops} shed under load` : '';
  return `${answered} (${refused}${shed}); ${rules} rules, ${keys.loaded} keys`;
}

function managementText(management: Status['management']): string {
  if (!management) return 'none';
  const { listening, secure, notServed } = management;
  const where = listening.length > 0 ? `${listening.join(', ')} by ${secure ? 'HTTPS' : 'HTTP'}` : 'nowhere';
  return [where, ...notServed].join('; ');
}

function rejectedText(rejected: Status['receiver']['rejected']): string {
  return (
    Object.entries(rejected)
      .map(([reason, count]) => `${reason} ${count}`)
      .join(', ') || 'none'
  );
}

function deviceText({ device, state, reason }: Status['pps']['device']): string {
  return `${device} ${state}${reason === '' ? '' : `: ${reason}`}`;
}
