/** The figures that an operator asks for first. */
import type { ComponentChildren } from 'preact';
import type { Status } from '../../../status/status.ts';
import { hrefTo } from '../../router.ts';
import { ANSWERED, isRefusal, rateOf } from '../../trace.ts';
import { count, duration, NOTHING, ns, rate } from '../../ui/number.ts';

export function KeyFigures({ status }: { readonly status: Status }) {
  const { clock, receiver, ntp } = status;
  const heard = receiver.satellites.filter(({ signal }) => signal).length;
  const refused = rateOf(Object.keys(ntp.counters).filter(isRefusal));
  return (
    <div class="figures">
      <Figure
        name="Error bound"
        to="clock"
        value={clock.errorBoundNs === null ? NOTHING : `± ${ns(clock.errorBoundNs)}`}
      >
        of the time served, proven
      </Figure>
      <GoodFor status={status} />
      <Figure name="Satellites" to="reference" value={String(receiver.satellitesUsed ?? heard)}>
        used of {heard} heard, fix {receiver.fixType}
      </Figure>
      <Figure
        name="Requests"
        to="serving"
        value={rate(rateOf([...ANSWERED, ...Object.keys(ntp.counters).filter(isRefusal)]))}
      >
        {refused ? `${rate(refused)} of them refused` : `${count(total(status))} answered so far`}
      </Figure>
    </div>
  );
}

/** How long the clock stays good without satellites: what would be left, or what is left. */
function GoodFor({ status: { state, holdover } }: { readonly status: Status }) {
  const until = holdover.secondsUntil;
  const alone = state === 'holdover';
  if (!until)
    return (
      <Figure name="Good for another" to="clock" value={NOTHING}>
        nothing is served now
      </Figure>
    );
  return (
    <Figure
      name={alone ? 'Good for another' : 'Without satellites'}
      to="clock"
      value={duration(until.serviceEnds)}
      tone={alone ? (until.serviceEnds < 1800 ? 'bad' : 'warn') : undefined}
    >
      {alone ? 'then service ends' : 'good for so long'}
      {until.bound100us > 0 ? `; within 100 µs for ${duration(until.bound100us)}` : ''}
    </Figure>
  );
}

function Figure(props: {
  readonly name: string;
  readonly to: string;
  readonly value: string;
  readonly tone?: 'warn' | 'bad' | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <a class="figure" href={hrefTo(props.to)}>
      <span class="name">{props.name}</span>
      <span class={`value ${props.tone ?? ''}`}>{props.value}</span>
      <span class="note">{props.children}</span>
    </a>
  );
}

function total({ ntp }: Status): number {
  return ANSWERED.reduce((sum, name) => sum + (ntp.counters[name] ?? 0), 0);
}
