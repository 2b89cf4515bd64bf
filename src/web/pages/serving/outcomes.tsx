/** Each datagram has one outcome; they add up to all that came. */
import { useState } from 'preact/hooks';
import type { OutcomeName } from '../../../status/clients.ts';
import { hrefTo } from '../../router.ts';
import { rateOf } from '../../trace.ts';
import { count, rate, share } from '../../ui/number.ts';
import { KINDS, OUTCOME_WORDS, type OutcomeKind } from './outcome-words.ts';

const NAMES = Object.keys(OUTCOME_WORDS) as OutcomeName[];
const TONES: Readonly<Record<OutcomeKind, string>> = {
  answered: 'good',
  query: '',
  kissed: 'warn',
  refused: 'warn',
  malformed: '',
};

export function Outcomes(props: {
  readonly counters: Readonly<Record<string, number>>;
  readonly kernelDrops: number;
}) {
  const { counters, kernelDrops } = props;
  const [all, setAll] = useState(false);
  const total = NAMES.reduce((sum, name) => sum + (counters[name] ?? 0), 0);
  const shown = NAMES.filter((name) => all || (counters[name] ?? 0) > 0);
  return (
    <>
      {shown.length > 0 && (
        <table class="table compact">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col">What</th>
              <th scope="col" class="number">
                Now
              </th>
              <th scope="col" class="number">
                Count
              </th>
              <th scope="col" class="number">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((name) => {
              const { kind, text } = OUTCOME_WORDS[name];
              return (
                <tr key={name}>
                  <td class={TONES[kind]} data-label="Kind">
                    {KINDS[kind]}
                  </td>
                  <td data-label="What">
                    <span>
                      {kind === 'answered' ? (
                        text
                      ) : (
                        <a href={`${hrefTo('clients')}?outcome=${name}`}>{text}</a>
                      )}{' '}
                      <code class="muted">{name}</code>
                    </span>
                  </td>
                  <td class="number" data-label="Now">
                    {rate(rateOf([name]))}
                  </td>
                  <td class="number" data-label="Count">
                    {count(counters[name] ?? 0)}
                  </td>
                  <td class="number" data-label="Share">
                    {total === 0 ? '' : share((counters[name] ?? 0) / total)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <p class="table-foot">
        {total === 0 ? 'No datagram has come yet.' : `${count(total)} datagrams.`}{' '}
        {kernelDrops > 0 && (
          <span class="warn">{count(kernelDrops)} more were shed by the kernel under load. </span>
        )}
        <button type="button" class="small" aria-pressed={all} onClick={() => setAll(!all)}>
          {all ? 'Only what has happened' : 'Show everything that can happen'}
        </button>
      </p>
    </>
  );
}
