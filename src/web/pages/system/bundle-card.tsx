/** The bundle that lies ready: what it is, and what to do with it. */
import { useState } from 'preact/hooks';
import type { BundleView } from '../../../api/update-controls.ts';
import { send } from '../../api.ts';
import { Confirm } from '../../ui/dialog.tsx';
import { Buttons } from '../../ui/form.tsx';
import { Card, Facts, Notice } from '../../ui/layout.tsx';
import { bytes } from './about-card.tsx';

export interface BundleCardProps {
  readonly bundle: BundleView;
  /** Version that runs. */
  readonly running: string;
  readonly mayInstall: boolean;
  /** It was asked for, and not refused at once. */
  readonly onInstall: (version: string) => void;
  readonly onChange: () => void;
}

export function BundleCard({ bundle, running, mayInstall, onInstall, onChange }: BundleCardProps) {
  const [asked, setAsked] = useState<'install' | 'remove'>();
  const { summary, refusal, size } = bundle;
  const close = () => setAsked(undefined);
  const install = async () => {
    if (!summary) return;
    await send('POST', '/system/update/install', { downgrade: !summary.newer });
    onInstall(summary.version);
    onChange();
  };
  const remove = async () => {
    await send('DELETE', '/system/update/bundle');
    onChange();
  };
  return (
    <Card title="Ready to be installed">
      {summary ? (
        <Facts
          rows={[
            ['Version', `${summary.version}${summary.newer ? '' : `, not newer than ${running}`}`],
            ['Built', summary.buildDate],
            ['Size', bytes(size)],
            [
              'Signed by key',
              <span key="key" class="mono">
                {summary.signedBy}
              </span>,
            ],
          ]}
        />
      ) : (
        <Notice tone="bad">It would be refused: {refusal}.</Notice>
      )}
      <Buttons>
        {summary && (
          <button type="button" class="primary" disabled={!mayInstall} onClick={() => setAsked('install')}>
            Install…
          </button>
        )}
        <button type="button" onClick={() => setAsked('remove')}>
          Remove…
        </button>
      </Buttons>
      {asked === 'remove' && (
        <Confirm title="Remove this bundle?" action="Remove" onConfirm={remove} onClose={close}>
          <p>It can be uploaded again.</p>
        </Confirm>
      )}
      {asked === 'install' && summary && (
        <Confirm
          title={`Install version ${summary.version}?`}
          action="Install and restart"
          onConfirm={install}
          onClose={close}
        >
          {!summary.newer && (
            <Notice tone="warn">
              It is not newer than version {running}, which runs. Settings that only the newer one knows may
              be refused.
            </Notice>
          )}
          <p>
            It is written beside what runs now. Then the appliance restarts: no time is served for some
            minutes, until the clock is locked again.
          </p>
          <p>
            The new version is on trial: if it does not serve time as good as now within some minutes, the
            appliance goes back to version {running} by itself.
          </p>
        </Confirm>
      )}
    </Card>
  );
}
