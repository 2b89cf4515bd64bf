/** What is asked, what is answered, and why the rest is not. */
import { useStatus } from '../live.ts';
import { hrefTo } from '../router.ts';
import { useSession } from '../session.ts';
import { useTrace } from '../trace.ts';
import { Card, Columns, Page } from '../ui/layout.tsx';
import { Authentication } from './serving/authentication.tsx';
import { Outcomes } from './serving/outcomes.tsx';
import { RequestTrace } from './serving/request-trace.tsx';
import { ServiceFacts } from './serving/service-facts.tsx';
import { Shares } from './serving/shares.tsx';

const VERSIONS = [4, 3, 2, 1].map((version) => [`NTP version ${version}`, [`version-${version}`]] as const);
const MODES = [
  ['Client (mode 3)', ['served', 'served-unsynchronised']],
  ['Interleaved', ['served-interleaved']],
  ['Symmetric active (mode 1)', ['served-symmetric']],
  ['Status query (mode 6)', ['control-answered']],
] as const;

export function ServingPage() {
  const { status } = useStatus();
  const trace = useTrace();
  const session = useSession();
  if (!status) return <Page title="Serving">Asking the appliance …</Page>;
  const { counters } = status.ntp;
  return (
    <Page
      title="Serving"
      actions={
        session?.user && (
          <a class="button" href={hrefTo('clients')}>
            Clients
          </a>
        )
      }
    >
      <Card title="Requests per second" note="last hour">
        <RequestTrace trace={trace} />
      </Card>
      <Columns least="24rem">
        <Card title="Service">
          <ServiceFacts status={status} />
        </Card>
        <Card title="Authentication">
          <Authentication counters={counters} keys={status.ntp.keys} />
        </Card>
        <Card title="Versions" note="of what was answered">
          <Shares name="Version" rows={VERSIONS} counters={counters} />
        </Card>
        <Card title="Modes" note="of what was answered">
          <Shares name="Mode" rows={MODES} counters={counters} />
        </Card>
      </Columns>
      <Card title="What became of every datagram" note="since the start">
        <Outcomes counters={counters} kernelDrops={status.ntp.kernelDrops} />
      </Card>
    </Page>
  );
}
