/** The state in words: what it is, what it means, why. */
import type { LiveStatus } from '../../live.ts';
import { STATES } from '../../ui/state.tsx';

export function Verdict({ live: { status, connected } }: { readonly live: LiveStatus }) {
  if (!status) return <p class="verdict muted">{connected ? '…' : 'The appliance has not answered yet.'}</p>;
  const { word, sign, tone, text } = STATES[status.state];
  return (
    <div class={`verdict ${tone}`}>
      {/* Said once it changes, not with every second. */}
      <div aria-live="polite">
        <p class="word">
          <span aria-hidden="true">{sign}</span> {word}
        </p>
        <p>{text}</p>
      </div>
      {status.reason !== '' && <p class="why">{sentence(status.reason)}</p>}
      {status.mode === 'simulation' && (
        <p class="muted">
          A simulation: receiver and crystal are made up; the truth is this machine’s own time.
        </p>
      )}
    </div>
  );
}

function sentence(text: string): string {
  const full = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(full) ? full : `${full}.`;
}
