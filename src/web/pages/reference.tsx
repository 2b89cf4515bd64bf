/** Receiver and PPS: what is heard, how well the edges come, and whether each second's label is sure. */
import { useStatus } from '../live.ts';
import { useTrace } from '../trace.ts';
import { Card, Columns, Page } from '../ui/layout.tsx';
import { OffsetTrace } from '../ui/offset-trace.tsx';
import { EdgeFacts } from './reference/edge-facts.tsx';
import { Histogram } from './reference/histogram.tsx';
import { Labelling } from './reference/labelling.tsx';
import { NmeaConsole } from './reference/nmea-console.tsx';
import { ReceiverFacts } from './reference/receiver-facts.tsx';
import { SignalBars } from './reference/signal-bars.tsx';
import { SkyPlot } from './reference/sky-plot.tsx';

export function ReferencePage() {
  const { status } = useStatus();
  const trace = useTrace();
  if (!status) return <Page title="Reference">Asking the appliance …</Page>;
  const { satellites } = status.receiver;
  return (
    <Page title="Reference">
      <Columns least="21rem">
        <Card title="Sky">
          <SkyPlot satellites={satellites} />
        </Card>
        <div class="stack">
          <Card title="Receiver">
            <ReceiverFacts receiver={status.receiver} />
          </Card>
          <Card title="Edges">
            <EdgeFacts status={status} />
          </Card>
        </div>
      </Columns>
      <Card title="Signals" note="carrier to noise, dB-Hz">
        <SignalBars satellites={satellites} />
      </Card>
      <Card title="PPS against the clock" note="each edge, as measured minus as predicted">
        <OffsetTrace trace={trace} seconds={1800} height={220} />
      </Card>
      <Columns least="21rem" even>
        <Card title="How edges scatter" note="last day">
          <Histogram buckets={status.quality.histogram} />
        </Card>
        <Card title="Which second is it?" note="the proof behind each label">
          <Labelling status={status} trace={trace} />
        </Card>
      </Columns>
      <NmeaConsole receiver={status.receiver} />
    </Page>
  );
}
