/** What can be made to go wrong in a simulation. */
import { useEffect, useState } from 'preact/hooks';
import { ApiError, send, useApi } from '../../api.ts';
import { may, type Session } from '../../session.ts';
import { Card, Notice, Problem } from '../../ui/layout.tsx';

interface Fault {
  readonly name: string;
  readonly description: string;
  readonly unit?: string;
  readonly range?: readonly [number, number];
  readonly value: boolean | number | string;
  readonly none: boolean | number | string;
}

export function FaultSwitches({ session }: { readonly session: Session | undefined }) {
  const { data, error, reload } = useApi<{ items: readonly Fault[] }>('/simulation/faults', { every: 5 });
  const [flaw, setFlaw] = useState('');
  // What was switched shows at once, until the appliance says how it is.
  const [switched, setSwitched] = useState<Readonly<Record<string, Fault['value']>>>({});
  useEffect(() => setSwitched({}), [data, flaw]);
  const set = async (name: string, value: Fault['value']) => {
    setSwitched((others) => ({ ...others, [name]: value }));
    try {
      await send('PUT', `/simulation/faults/${encodeURIComponent(name)}`, { value });
      setFlaw('');
    } catch (failure) {
      setFlaw(failure instanceof ApiError ? failure.detail : String(failure));
    }
    reload();
  };
  const faults = (data?.items ?? []).map((fault) => ({
    ...fault,
    value: switched[fault.name] ?? fault.value,
  }));
  const wrong = faults.filter(({ value, none }) => value !== none);
  const clear = async () => {
    for (const { name, none } of wrong) await set(name, none);
  };
  return (
    <Card
      title="Simulated faults"
      note={wrong.length === 0 ? 'none switched on' : `${wrong.length} switched on`}
      actions={
        <button type="button" class="small" disabled={wrong.length === 0} onClick={clear}>
          Clear all
        </button>
      }
    >
      <Problem error={error} what="simulated faults" />
      {flaw !== '' && (
        <Notice tone="bad" live>
          {flaw}
        </Notice>
      )}
      <div class="faults">
        {faults.map((fault) => (
          <FaultSwitch key={fault.name} fault={fault} allowed={may(session, 'operator')} onSet={set} />
        ))}
      </div>
    </Card>
  );
}

interface SwitchProps {
  readonly fault: Fault;
  readonly allowed: boolean;
  readonly onSet: (name: string, value: Fault['value']) => void;
}

function FaultSwitch({ fault, allowed, onSet }: SwitchProps) {
  const { name, description, value, none } = fault;
  if (typeof none === 'boolean')
    return (
      <label class={value === none ? 'fault' : 'fault on'}>
        <input
          type="checkbox"
          checked={value === true}
          disabled={!allowed}
          onChange={(event) => onSet(name, event.currentTarget.checked)}
        />
        <span>{description}</span>
      </label>
    );
  return <FaultValue key={String(value)} fault={fault} allowed={allowed} onSet={onSet} />;
}

/** Its text is what is typed, until it is sent; a new value from the appliance makes a new one. */
function FaultValue({ fault, allowed, onSet }: SwitchProps) {
  const { name, description, unit = '', value, none, range } = fault;
  const [text, setText] = useState(String(value));
  const share = range?.[0] === 0 && range[1] === 1;
  const typed = typeof none === 'number' ? Number(text) : text;
  return (
    <form
      class={value === none ? 'fault' : 'fault on'}
      onSubmit={(event) => {
        event.preventDefault();
        onSet(name, typed);
      }}
    >
      <label for={`fault-${name}`}>
        {description}
        {unit !== '' && <span class="muted"> ({unit})</span>}
        {share && <span class="muted"> (0 to 1)</span>}
      </label>
      <input
        id={`fault-${name}`}
        inputMode={typeof none === 'number' ? 'decimal' : 'text'}
        size={typeof none === 'number' ? 7 : 16}
        value={text}
        disabled={!allowed}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="small" disabled={!allowed || typed === value}>
        Set<span class="hidden"> {description}</span>
      </button>
    </form>
  );
}
