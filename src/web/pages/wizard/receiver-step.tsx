import { useStatus } from '../../live.ts';
import { Card } from '../../ui/layout.tsx';
import { Stale } from '../../ui/state.tsx';
import { Onward } from './onward.tsx';
import { type Check, receiverChecks } from './receiver-checks.ts';
import type { StepProps } from './step-props.ts';

/** Live: a plug that is put in shows within a second. */
export function ReceiverStep({ onNext }: StepProps) {
  const live = useStatus();
  const checks = live.status && receiverChecks(live.status);
  return (
    <Card title="Found so far" actions={<Stale {...live} />}>
      {checks ? <Checks checks={checks} /> : <p class="muted">Asking the appliance…</p>}
      <p role="status" class="hidden">
        {checks &&
          `${checks.filter(({ state }) => state === 'good').length} of ${checks.length} checks are good`}
      </p>
      <p class="muted">
        None of this needs to be waited for: the appliance goes on by itself. Ports and pins are under System,
        Settings.
      </p>
      <Onward primary onNext={onNext} />
    </Card>
  );
}

const SIGNS = { good: '✓', waiting: '…', bad: '✕' } as const;
const WORDS = { good: 'good', waiting: 'not yet', bad: 'failed' } as const;
const TONES = { good: 'good', waiting: 'muted', bad: 'bad' } as const;

function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul class="checks">
      {checks.map(({ name, state, text }) => (
        <li key={name}>
          <span class={`sign ${TONES[state]}`} aria-hidden="true">
            {SIGNS[state]}
          </span>
          <strong>
            {name} <span class="hidden">{WORDS[state]}</span>
          </strong>
          <p>{text}</p>
        </li>
      ))}
    </ul>
  );
}
