import type { Status } from '../../../status/status.ts';
import { Facts } from '../../ui/layout.tsx';
import { duration, fixed, NOTHING, ns, ppm, share } from '../../ui/number.ts';
import { StateBadge } from '../../ui/state.tsx';

export function ClockFacts({ status }: { readonly status: Status }) {
  const { clock, environment, leap, gate, holdover } = status;
  return (
    <Facts
      rows={[
        ['State', <StateBadge state={status.state} />],
        ['Stratum', status.stratum === 16 ? '16 (not serving)' : String(status.stratum)],
        ['Error bound', clock.errorBoundNs === null ? NOTHING : `± ${ns(clock.errorBoundNs)}`],
        [
          'Local clock',
          clock.offsetSeconds === null ? NOTHING : `${ns(clock.offsetSeconds * 1e9, true)} against UTC`,
        ],
        [
          'Its rate',
          `${ppm(clock.ratePpm)}${clock.rateSigmaPpm === null ? '' : ` ± ${fixed(clock.rateSigmaPpm, 3)}`}`,
        ],
        [
          'Steered',
          clock.steering.active ? `by ${ppm(clock.steering.ratePpm)}` : `no: ${clock.steering.reason}`,
        ],
        ['Temperature', fixed(environment.temperatureC, 1, '°C')],
        ['Processor load', share(environment.load)],
        ['Crystal learned', `from ${duration(holdover.thermalMinutes * 60)} of temperature and load`],
        ['TAI − UTC', leap.taiMinusUtc === null ? NOTHING : `${leap.taiMinusUtc} s`],
        [
          'Leap second',
          leap.next ? `${leap.next.direction} at the end of ${leap.next.date}` : 'none announced',
        ],
        ['Leap table', `${leap.expired ? 'expired on' : 'good until'} ${leap.expires} (${leap.source})`],
        ...(gate.contradictingEdges > 0 || gate.exposed !== null
          ? [['Contradicted', gate.exposed ?? `by ${gate.contradictingEdges} edges in a row`] as const]
          : []),
      ]}
    />
  );
}
