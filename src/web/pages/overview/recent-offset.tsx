import { hrefTo } from '../../router.ts';
import type { TracePoint } from '../../trace.ts';
import { Card } from '../../ui/layout.tsx';
import { OffsetTrace } from '../../ui/offset-trace.tsx';

/** Seconds shown. */
const SPAN = 300;

export function RecentOffset({ trace }: { readonly trace: readonly TracePoint[] }) {
  return (
    <Card
      title="PPS against the clock"
      note="last 5 minutes"
      actions={<a href={hrefTo('reference')}>Reference</a>}
    >
      <OffsetTrace trace={trace} seconds={SPAN} height={150} />
    </Card>
  );
}
