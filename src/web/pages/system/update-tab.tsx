/** Update: what runs, what became of the last one, and a new one. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { UpdateView } from '../../../api/update-controls.ts';
import { type Loaded as LoadedCall, useApi } from '../../api.ts';
import { onEvent } from '../../live.ts';
import { Card, Facts, Notice } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Utc } from '../../ui/time.tsx';
import { BundleCard } from './bundle-card.tsx';
import { type Asked, phaseOf, progressText, type UpdatePhase } from './update-phase.ts';
import { UploadCard } from './upload-card.tsx';

const SLOW = 10;
const QUICK = 2;

export function UpdateTab({ isAdmin }: { readonly isAdmin: boolean }) {
  const [asked, setAsked] = useState<Asked>();
  const update = useUpdate(asked !== undefined);
  const { data, error } = update;
  const phase = data && phaseOf(data, asked, error !== undefined);
  // What was asked for is over, or shows in what the appliance says.
  const over = phase === 'kept' || phase === 'back' || phase === 'refused';
  useEffect(() => {
    if (over) setAsked(undefined);
  }, [over]);
  const idle = phase === 'idle' || over;
  return (
    <>
      {data && phase && <Progress data={data} phase={phase} />}
      <RunningCard update={phase === 'restarting' ? { ...update, error: undefined } : update} />
      {isAdmin && data && !data.can.install && data.reason !== '' && (
        <Notice>Nothing can be installed here: {data.reason}.</Notice>
      )}
      {isAdmin && data?.bundle && idle && (
        <BundleCard
          bundle={data.bundle}
          running={data.version}
          mayInstall={data.can.install}
          onInstall={(version) => setAsked({ version, lastAt: data.last?.at })}
          onChange={update.reload}
        />
      )}
      {isAdmin && data?.can.upload && idle && (
        <UploadCard largest={data.largestBundle} elsewhere={data.uploading} onDone={update.reload} />
      )}
    </>
  );
}

/** Asks again and again; quickly while something is under way. */
function useUpdate(asked: boolean): LoadedCall<UpdateView> {
  const [quick, setQuick] = useState(false);
  const update = useApi<UpdateView>('/system/update', { every: quick || asked ? QUICK : SLOW });
  const { data, reload } = update;
  const busy = data !== undefined && (data.installing || data.last?.state === 'trial');
  useEffect(() => setQuick(busy), [busy]);
  useEffect(() => onEvent('event', reload), [reload]);
  return update;
}

interface ProgressProps {
  readonly data: UpdateView;
  readonly phase: UpdatePhase;
}

/** Stays in place while its words change, so that they are read out. */
function Progress({ data, phase }: ProgressProps) {
  const { tone, head, text } = progressText(data, phase);
  // The page is that of the version that it was loaded from.
  const loaded = useRef(data.version);
  return (
    <div role="status" class={head === '' ? '' : `notice ${tone}`}>
      {head !== '' && (
        <>
          <strong>{head}</strong> {text}{' '}
        </>
      )}
      {data.version !== loaded.current && (
        <button type="button" onClick={() => location.reload()}>
          Load the page of version {data.version}
        </button>
      )}
    </div>
  );
}

function RunningCard({ update }: { readonly update: LoadedCall<UpdateView> }) {
  return (
    <Card title="What runs">
      <Loaded of={update} what="details of updates">
        {({ version, buildDate, slot, last }) => (
          <Facts
            rows={[
              ['Version', version],
              ['Built', buildDate],
              ...(slot === null ? [] : [['Runs from', `slot ${slot.toUpperCase()}`] as const]),
              ['Last update', last ? `${last.version}, over ${last.from}` : 'none yet'],
              ...(last ? [['At (UTC)', <Utc key="at" at={last.at} />] as const] : []),
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
