/** How well the clock is known: over time, by averaging time, and left alone. */
import { useState } from 'preact/hooks';
import type { Status } from '../../status/status.ts';
import { LAST_HOUR, useHistory } from '../history.ts';
import { useStatus } from '../live.ts';
import { Card, Choice, Columns, Page, Problem } from '../ui/layout.tsx';
import { BoundTerms } from './clock/bound-terms.tsx';
import { ClockFacts } from './clock/clock-facts.tsx';
import { Drills } from './clock/drills.tsx';
import { HistoryPlots, SERIES } from './clock/history-plots.tsx';
import { HoldoverForecast } from './clock/holdover-forecast.tsx';
import { Stability } from './clock/stability.tsx';

const HOUR = 3600;
const RANGES = {
  '1 h': LAST_HOUR,
  '6 h': 6 * HOUR,
  '24 h': 24 * HOUR,
  '7 d': 7 * 24 * HOUR,
  '30 d': 30 * 24 * HOUR,
};
type Range = keyof typeof RANGES;
const OPTIONS = (Object.keys(RANGES) as Range[]).map((name) => [name, name] as const);

export function ClockPage() {
  const { status } = useStatus();
  if (!status) return <Page title="Clock">Asking the appliance …</Page>;
  return <Clock status={status} />;
}

/** Once the appliance's time is known: what is recorded is asked for by it. */
function Clock({ status }: { readonly status: Status }) {
  const [range, setRange] = useState<Range>('1 h');
  const recorded = useHistory(SERIES, RANGES[range]);
  return (
    <Page
      title="Clock"
      actions={<Choice label="Time shown" options={OPTIONS} value={range} onChange={setRange} />}
    >
      <Problem error={recorded.error} what="the record of past hours" />
      <HistoryPlots recorded={recorded} />
      <Columns least="21rem">
        <Card title="Now">
          <ClockFacts status={status} />
        </Card>
        <div class="stack">
          <Card title="What the bound is made of">
            <BoundTerms status={status} />
          </Card>
          <Card title="Without satellites" note="were all edges lost now">
            <HoldoverForecast status={status} />
          </Card>
        </div>
      </Columns>
      <Stability status={status} />
      <Card
        title="Holdover drills"
        note="while edges come, the clock is left alone on paper again and again, and judged"
      >
        <Drills status={status} />
      </Card>
    </Page>
  );
}
