/** A rule for one client: first what it would do, then done. */
import { useState } from 'preact/hooks';
import type { AccessView, DryRun } from '../../../api/serving-controls.ts';
import { ApiError, get, send } from '../../api.ts';
import { Card, Notice } from '../../ui/layout.tsx';
import { count } from '../../ui/number.ts';
import { pendingMayHaveChanged } from '../../ui/pending.tsx';

type Action = 'serve' | 'ignore' | 'deny';
/** `remove`: what the other rules say holds again. */
type Deed = Action | 'remove';
type Rule = AccessView['rules'][number];
type Counts = Extract<DryRun, { counts: unknown }>['counts'];

const VERBS: Readonly<Record<Deed, string>> = {
  serve: 'Serve this client',
  ignore: 'Block it silently',
  deny: 'Block it, and tell it (DENY)',
  remove: 'Remove its own rule',
};

interface Plan {
  readonly deed: Deed;
  readonly counts: Counts;
  readonly hours: number;
  /** The rule that says otherwise now for this very address; undefined: there is none yet. */
  readonly known: { readonly id: number } | undefined;
}

export function ServeOrBlock(props: {
  readonly address: string;
  /** What the rules of now say, and the prefix of the one that says so, as it is written. */
  readonly action: Action;
  readonly written: string;
  readonly onDone: () => void;
}) {
  const { address, action, written, onDone } = props;
  const [plan, setPlan] = useState<Plan>();
  const [said, setSaid] = useState<{ readonly tone: 'good' | 'bad'; readonly text: string }>();
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setSaid(undefined);
    try {
      await work();
    } catch (error) {
      setSaid({ tone: 'bad', text: textOf(error) });
    }
    setBusy(false);
  };
  const weigh = (next: Deed) => run(async () => setPlan(await planFor(address, next)));
  const carryOut = (chosen: Plan) =>
    run(async () => {
      await apply(address, chosen);
      setPlan(undefined);
      setSaid({ tone: 'good', text: `Done: ${doneText(address, chosen.deed)}.` });
      pendingMayHaveChanged();
      onDone();
    });
  const own = isFor(written, address);
  const offered = (Object.keys(VERBS) as Deed[]).filter((one) => (one === 'remove' ? own : one !== action));
  return (
    <Card title="Serve or block this one" note="by a rule for its address alone">
      {said && (
        <Notice tone={said.tone} live>
          {said.text}
        </Notice>
      )}
      {plan ? (
        <Weighed
          plan={plan}
          address={address}
          busy={busy}
          onYes={() => carryOut(plan)}
          onNo={() => setPlan(undefined)}
        />
      ) : (
        <div class="actions">
          {offered.map((one) => (
            <button key={one} type="button" disabled={busy} onClick={() => weigh(one)}>
              {VERBS[one]} …
            </button>
          ))}
        </div>
      )}
    </Card>
  );
}

function Weighed(props: {
  readonly plan: Plan;
  readonly address: string;
  readonly busy: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const { plan, address, busy, onYes, onNo } = props;
  const { counts, hours, deed, known } = plan;
  return (
    <div role="status">
      <p>
        {known ? 'The rule' : 'A new rule'} <code>{address}</code> → <b>{deed}</b>. Of the clients seen in the
        last {hours} h: <b>{count(counts.gains)}</b> would be served that are not now,{' '}
        <b>{count(counts.loses)}</b> would lose service, {count(counts.keeps)} stay served,{' '}
        {count(counts.unserved)} stay unserved.
      </p>
      <div class="actions">
        <button type="button" onClick={onNo}>
          Cancel
        </button>
        <button type="button" class={deed === 'serve' ? 'primary' : 'danger'} disabled={busy} onClick={onYes}>
          {VERBS[deed]}
        </button>
      </div>
    </div>
  );
}

function doneText(address: string, deed: Deed): string {
  return deed === 'remove'
    ? `${address} has no rule of its own any more`
    : `${address} has a rule of its own now: ${deed}`;
}

async function planFor(address: string, deed: Deed): Promise<Plan> {
  const { rules, rateLimit } = await get<AccessView>('/access');
  const at = rules.findIndex(({ prefix }) => isFor(prefix, address));
  const changed = withDeed(rules, at, address, deed);
  const { data } = await send<Exclude<DryRun, { errors: unknown }>>('POST', '/access/dry-run', {
    rules: changed,
    rateLimit,
  });
  const known = at < 0 ? undefined : await ruleAt(address);
  return { deed, counts: data.counts, hours: data.hours, known };
}

function withDeed(rules: readonly Rule[], at: number, address: string, deed: Deed): readonly Rule[] {
  if (deed === 'remove') return rules.filter((_, place) => place !== at);
  if (at < 0) return [...rules, { prefix: address, action: deed }];
  return rules.map((rule, place) => (place === at ? { ...rule, action: deed } : rule));
}

async function ruleAt(address: string): Promise<{ readonly id: number } | undefined> {
  const { items } = await get<{ items: readonly { id: number; prefix: string }[] }>('/access/rules');
  return items.find(({ prefix }) => isFor(prefix, address));
}

function isFor(prefix: string, address: string): boolean {
  return prefix === address || prefix === `${address}/32` || prefix === `${address}/128`;
}

async function apply(address: string, { deed, known }: Plan): Promise<void> {
  if (deed === 'remove') {
    if (known) await send('DELETE', `/access/rules/${known.id}`);
  } else if (known) await send('PATCH', `/access/rules/${known.id}`, { action: deed });
  else
    await send('POST', '/access/rules', {
      prefix: address,
      action: deed,
      note: 'set on the page of this client',
    });
}

function textOf(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.missing) return 'This appliance does not offer changing its rules here yet.';
  return [error.detail, ...error.errors.map(({ field, message }) => `${field}: ${message}`)].join('; ');
}
