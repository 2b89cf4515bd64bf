import type { Status } from '../../../status/status.ts';
import { count, duration, NOTHING, ns, share } from '../../ui/number.ts';

const MODELS: Readonly<Record<string, string>> = {
  constant: 'constant rate',
  aided: 'rate and trend',
  thermal: 'temperature model',
};

export function Drills({ status: { holdover } }: { readonly status: Status }) {
  const models = Object.keys(holdover.drills[0]?.rmsNs ?? {});
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is narrow, by keyboard as well.
    <section class="scroll" tabIndex={0} aria-label="Drills in figures">
      <table>
        <thead>
          <tr>
            <th scope="col">Left alone for</th>
            <th scope="col" class="number">
              Judged
            </th>
            <th scope="col" class="number">
              Bound then
            </th>
            {models.map((model) => (
              <th key={model} scope="col" class="number">
                {MODELS[model] ?? model}, rms
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {holdover.drills.map((drill) => (
            <tr key={drill.horizonSeconds}>
              <th scope="row">{duration(drill.horizonSeconds)}</th>
              <td class="number">
                {drill.judged === 0 ? <span class="muted">not yet</span> : count(drill.judged)}
              </td>
              <td class="number">± {ns(drill.boundNs)}</td>
              {models.map((model) => (
                <td key={model} class="number">
                  {drill.judged === 0 ? NOTHING : ns(drill.rmsNs[model])}
                  {drill.judged > 0 && (drill.shares[model] ?? 0) > 0 && (
                    <span class="muted" title="its share in the time served">
                      {' '}
                      ({share(drill.shares[model])})
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">In brackets: how much each model counts when the clock really is alone for so long.</p>
    </section>
  );
}
