import type { Status } from '../../../status/status.ts';
import { ANSWERED } from '../../trace.ts';
import { Facts, Notice } from '../../ui/layout.tsx';
import { count, share } from '../../ui/number.ts';
import { OUTCOME_WORDS } from './outcome-words.ts';

const REFUSALS = ['key-required', 'unknown-key', 'key-not-allowed', 'bad-mac', 'nts-not-served'] as const;

export function Authentication(props: {
  readonly counters: Status['ntp']['counters'];
  readonly keys: Status['ntp']['keys'];
}) {
  const { counters, keys } = props;
  const answered = ANSWERED.reduce((sum, name) => sum + (counters[name] ?? 0), 0);
  const proven = counters['authenticated'] ?? 0;
  return (
    <>
      {keys.problems.map((problem) => (
        <Notice key={problem} tone="bad">
          {problem}
        </Notice>
      ))}
      <Facts
        rows={[
          ['Keys loaded', keys.loaded === 0 ? 'none' : `${count(keys.loaded)} from ${keys.file}`],
          [
            'With a MAC',
            answered === 0 ? '0' : `${count(proven)} of ${count(answered)} (${share(proven / answered)})`,
          ],
          ...REFUSALS.map((name) => [capital(OUTCOME_WORDS[name].text), count(counters[name] ?? 0)] as const),
        ]}
      />
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
