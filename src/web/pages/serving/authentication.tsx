import type { OutcomeName } from '../../../status/clients.ts';
import type { Status } from '../../../status/status.ts';
import { ANSWERED } from '../../trace.ts';
import { Facts, Notice } from '../../ui/layout.tsx';
import { count, share } from '../../ui/number.ts';

const REFUSALS = {
  'key-required': 'Key missing or wrong one',
  'unknown-key': 'Key not known here',
  'key-not-allowed': 'Key not for this client',
  'bad-mac': 'MAC wrong',
  'nts-not-served': 'NTS, not served',
} as const satisfies Partial<Record<OutcomeName, string>>;

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
          ...Object.entries(REFUSALS).map(([name, text]) => [text, count(counters[name] ?? 0)] as const),
        ]}
      />
    </>
  );
}
