/** `timeball status`: asks a running appliance and shows what it says. */

import { time } from '../api/status-page.ts';
import type { ListenAddress } from '../config/listen-address.ts';
import type { Status } from '../status/status.ts';
import { CliError, EX_UNAVAILABLE } from './exit-codes.ts';

export async function showStatus(address: ListenAddress, json: boolean): Promise<void> {
  const status = await fetchStatus(address);
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : statusText(status));
}

async function fetchStatus({ host, port }: ListenAddress): Promise<Status> {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  try {
    const response = await fetch(`http://${where}/api/v1/status`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return (await response.json()) as Status;
  } catch (error) {
    const { cause: deeper, message } = error as {
      cause?: { code?: string; message?: string };
      message: string;
    };
    const cause = deeper?.code ?? deeper?.message ?? message;
    throw new CliError(
      `timeball status: no appliance answers on http://${where} (${cause}): start it, or give its address with --http`,
      EX_UNAVAILABLE,
    );
  }
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
    ['PPS', deviceText(s.pps.device)],
    ['NTP', `${s.ntp.listening.join(', ')} (${deviceText(s.ntp.service)})`],
    ['answers', String(s.ntp.counters['served'] ?? 0)],
    ['leap table', `${s.leap.expired ? 'expired' : 'valid until'} ${s.leap.expires} (${s.leap.source})`],
    ['temperature', s.environment.temperatureC === null ? '-' : `${s.environment.temperatureC.toFixed(1)} C`],
    ['version', `${s.version}, built ${s.buildDate}, up ${s.uptimeSeconds} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
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
