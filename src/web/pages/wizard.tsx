/** The first visit: claim, name, network, receiver, who may be served, done. */
import { go, hrefTo, useRoute } from '../router.ts';
import { useSession } from '../session.ts';
import { Page } from '../ui/layout.tsx';
import { AccessStep } from './wizard/access-step.tsx';
import { ClaimStep } from './wizard/claim-step.tsx';
import { DoneStep } from './wizard/done-step.tsx';
import { NameStep } from './wizard/name-step.tsx';
import { NetworkStep } from './wizard/network-step.tsx';
import { ReceiverStep } from './wizard/receiver-step.tsx';
import './wizard/wizard.css';

const STEPS = [
  { key: 'claim', title: 'Claim', heading: 'Claim this appliance', component: ClaimStep },
  { key: 'name', title: 'Name', heading: 'Give it a name', component: NameStep },
  { key: 'network', title: 'Network', heading: 'Its place in the network', component: NetworkStep },
  { key: 'receiver', title: 'Receiver', heading: 'The receiver', component: ReceiverStep },
  { key: 'access', title: 'Clients', heading: 'Who may be served', component: AccessStep },
  { key: 'done', title: 'Done', heading: 'Done', component: DoneStep },
] as const;

/** The step stands in the address, so that going back and reloading work. */
export function WizardPage() {
  const session = useSession();
  const { path, rest } = useRoute();
  const wanted = path === 'wizard' ? STEPS.findIndex(({ key }) => key === rest[0]) : 0;
  const at = session?.claimed ? Math.max(1, wanted) : 0;
  const step = STEPS[at] ?? STEPS[0];
  const next = STEPS[at + 1];
  return (
    <div class="wizard">
      <Page title={step.heading}>
        <Progress at={at} claimed={session?.claimed ?? false} />
        <step.component onNext={() => (next ? go('wizard', next.key) : go('overview'))} />
      </Page>
    </div>
  );
}

function Progress({ at, claimed }: { at: number; claimed: boolean }) {
  return (
    <nav aria-label="Steps">
      <ol class="steps">
        {STEPS.map(({ key, title }, i) => (
          <li key={key} aria-current={i === at ? 'step' : undefined} class={i < at ? 'past' : ''}>
            {claimed && i > 0 && i !== at ? (
              <a href={hrefTo('wizard', key)}>{title}</a>
            ) : (
              <span>{title}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
