import type { Status } from '../../../status/status.ts';
import { Facts } from '../../ui/layout.tsx';
import { count } from '../../ui/number.ts';

export function ServiceFacts({ status: { ntp, stratum } }: { readonly status: Status }) {
  const { service, listening, kernelDrops, rules, counters } = ntp;
  const failed = counters['send-failed'] ?? 0;
  return (
    <Facts
      rows={[
        ['Service', service.reason === '' ? service.state : `${service.state}: ${service.reason}`],
        ['Sockets', service.device],
        ['Restarts of a thread', count(service.restarts)],
        ['Stratum', stratum === 16 ? '16 (no time to serve)' : String(stratum)],
        ['Listening', listening.join(', ') || 'nowhere'],
        ['Rules in force', count(rules)],
        ['Shed under load', <span class={kernelDrops > 0 ? 'warn' : ''}>{count(kernelDrops)}</span>],
        ['Answers not sent', <span class={failed > 0 ? 'warn' : ''}>{count(failed)}</span>],
        ['Over the limit, answered', count(counters['over-limit-served'])],
      ]}
    />
  );
}
