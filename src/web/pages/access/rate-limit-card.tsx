import { useEffect, useState } from 'preact/hooks';
import { getWithEtag, send, useApi } from '../../api.ts';
import { useReloadOnChange } from '../../live.ts';
import { InlineForm } from '../../ui/inline-form.tsx';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { useFollowingForm } from '../../ui/use-form.ts';
import { LimitFields } from './rule-dialog.tsx';
import type { RateLimit } from './shapes.ts';

/** The limit of all rules that have none of their own. */
export function RateLimitCard({
  mayEdit,
  onSaved,
}: {
  readonly mayEdit: boolean;
  readonly onSaved: () => void;
}) {
  const limit = useApi<RateLimit>('/access/rate-limit');
  useReloadOnChange(limit.reload);
  return (
    <Card title="Rate limit for all">
      <Loaded of={limit} what="the rate limit">
        {(data) =>
          mayEdit ? (
            <RateLimitForm limit={data} onSaved={onSaved} />
          ) : (
            <p>
              One answer per {data.interval} s, {data.burst} in a row, one in {data.leak} over that.
            </p>
          )
        }
      </Loaded>
    </Card>
  );
}

function RateLimitForm({ limit, onSaved }: { limit: RateLimit; onSaved: () => void }) {
  const form = useFollowingForm({
    interval: String(limit.interval),
    burst: String(limit.burst),
    leak: String(limit.leak),
  });
  const [etag, setEtag] = useState<string | null>(null);
  useEffect(() => {
    getWithEtag<RateLimit>('/access/rate-limit').then(
      (answer) => setEtag(answer.etag),
      () => {},
    );
  }, [limit]);
  const save = async ({ interval, burst, leak }: typeof form.values) => {
    const body = { interval: Number(interval), burst: Number(burst), leak: Number(leak) };
    setEtag((await send('PATCH', '/access/rate-limit', body, { ifMatch: etag })).etag);
    onSaved();
  };
  return (
    <InlineForm form={form} save={save}>
      <LimitFields form={form} />
    </InlineForm>
  );
}
