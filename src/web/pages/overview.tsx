/** Whether the time is good, in ten seconds and from across a room. */
import { useStatus } from '../live.ts';
import { useSession } from '../session.ts';
import { useTrace } from '../trace.ts';
import { Columns, Page } from '../ui/layout.tsx';
import { Alarms } from './overview/alarms.tsx';
import { BigClock } from './overview/big-clock.tsx';
import { FaultSwitches } from './overview/fault-switches.tsx';
import { KeyFigures } from './overview/key-figures.tsx';
import { RecentOffset } from './overview/recent-offset.tsx';
import { Verdict } from './overview/verdict.tsx';

export function OverviewPage() {
  const live = useStatus();
  const trace = useTrace();
  const session = useSession();
  const { status } = live;
  const simulated = (status?.mode ?? session?.mode) === 'simulation';
  return (
    <Page title="Overview">
      <section class="hero" aria-label="Time and state">
        <BigClock live={live} />
        <Verdict live={live} />
      </section>
      {status && <KeyFigures status={status} />}
      <Columns least="24rem">
        <Alarms status={status} />
        <RecentOffset trace={trace} />
      </Columns>
      {simulated && session?.user && <FaultSwitches session={session} />}
    </Page>
  );
}
