import { useState } from 'preact/hooks';
import type { AccessVerdict } from '../../../api/serving-controls.ts';
import { get } from '../../api.ts';
import { Buttons, FormError, TextField } from '../../ui/form.tsx';
import { Card } from '../../ui/layout.tsx';
import { useForm } from '../../ui/use-form.ts';

/** "Would this address be served, and why?" */
export function VerdictCard() {
  const form = useForm({ address: '' });
  const [answer, setAnswer] = useState<{ address: string; text: string }>();
  const ask = async ({ address }: { address: string }) => {
    const verdict = await get<AccessVerdict>(`/access/verdict/${encodeURIComponent(address.trim())}`);
    setAnswer({ address: address.trim(), text: verdict.text });
  };
  return (
    <Card title="Check an address">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          form.submit(ask);
        }}
      >
        <TextField
          label="IP address"
          value={form.values.address}
          error={form.errors['address']}
          onChange={(address) => form.set('address', address)}
          placeholder="192.0.2.7"
          required
          mono
        />
        <FormError text={form.general} />
        <Buttons>
          <button type="submit" disabled={form.busy}>
            Check
          </button>
        </Buttons>
      </form>
      <p role="status">
        {answer && (
          <>
            <span class="mono">{answer.address}</span> {answer.text}
          </>
        )}
      </p>
    </Card>
  );
}
