/** A card that is a form: save, and say that it was saved. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Buttons, FormError } from './form.tsx';
import { pendingMayHaveChanged } from './pending.tsx';
import type { Form } from './use-form.ts';

export interface InlineFormProps<T> {
  readonly form: Form<T>;
  readonly action?: string;
  /** Said when it went through. */
  readonly said?: string;
  readonly save: (values: T) => Promise<unknown>;
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
}

export function InlineForm<T>(props: InlineFormProps<T>) {
  const { form, action = 'Save', said = 'Saved', save, children, disabled } = props;
  const [saved, setSaved] = useState(false);
  return (
    <form
      onInput={() => setSaved(false)}
      onSubmit={async (event) => {
        event.preventDefault();
        setSaved(await form.submit(save));
        pendingMayHaveChanged();
      }}
    >
      {children}
      <FormError text={form.general} />
      <Buttons>
        <button type="submit" class="primary" disabled={form.busy || disabled}>
          {action}
        </button>
        <span role="status">{saved ? said : ''}</span>
      </Buttons>
    </form>
  );
}
