/** ADEV, TDEV and MTIE by averaging time. */
import type { Status } from '../../../status/status.ts';
import { Card, Columns } from '../../ui/layout.tsx';
import { count, duration, ns, powerOfTen, scientific } from '../../ui/number.ts';
import { Plot } from '../../ui/plot.tsx';

type Octave = Status['quality']['octaves'][number];

export function Stability({ status: { quality } }: { readonly status: Status }) {
  const octaves = quality.octaves.filter(({ adev, tdevNs, mtieNs }) => adev ?? tdevNs ?? mtieNs);
  if (octaves.length < 2)
    return (
      <Card title="Stability">
        <p class="muted">Allan deviation and its kin need some minutes of edges.</p>
      </Card>
    );
  const x = octaves.map(({ tauSeconds }) => tauSeconds);
  const wide = { x, xKind: 'log', yKind: 'log', formatX: duration, height: 220 } as const;
  const last = octaves.at(-1) as Octave;
  return (
    <>
      <Columns least="24rem">
        <Card title="Allan deviation" note="local clock against the edges">
          <Plot
            {...wide}
            label={`Allan deviation up to ${duration(last.tauSeconds)}; at ${duration(octaves[0]?.tauSeconds)} ${scientific(octaves[0]?.adev)}`}
            series={[{ label: 'ADEV', colour: 'plot-1', values: positive(octaves, 'adev'), points: true }]}
            format={scientific}
            formatAxis={powerOfTen}
          />
        </Card>
        <Card title="Time deviation and MTIE">
          <Plot
            {...wide}
            label={`TDEV and MTIE up to ${duration(last.tauSeconds)}; MTIE there ${ns(last.mtieNs)}`}
            series={[
              { label: 'TDEV', colour: 'plot-3', values: positive(octaves, 'tdevNs'), points: true },
              {
                label: 'MTIE',
                colour: 'plot-2',
                values: positive(octaves, 'mtieNs'),
                points: true,
                dashed: true,
              },
            ]}
            format={ns}
          />
        </Card>
      </Columns>
      <details class="card">
        <summary>Stability in figures</summary>
        <Figures octaves={octaves} />
      </details>
    </>
  );
}

function Figures({ octaves }: { readonly octaves: readonly Octave[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where it is narrow, by keyboard as well.
    <section class="scroll" tabIndex={0} aria-label="Stability in figures">
      <table>
        <thead>
          <tr>
            {['Averaging time', 'ADEV', 'Differences', 'TDEV', 'MTIE'].map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {octaves.map(({ tauSeconds, adev, adevCount, tdevNs, mtieNs }) => (
            <tr key={tauSeconds}>
              <th scope="row" class="number">
                {duration(tauSeconds)}
              </th>
              <td class="number">{scientific(adev)}</td>
              <td class="number">{count(adevCount)}</td>
              <td class="number">{ns(tdevNs)}</td>
              <td class="number">{ns(mtieNs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A logarithmic scale has no place for zero. */
function positive(octaves: readonly Octave[], key: 'adev' | 'tdevNs' | 'mtieNs'): (number | null)[] {
  return octaves.map((octave) => ((octave[key] ?? 0) > 0 ? octave[key] : null));
}
