/** A form in a dialog: cancel, or save and close; a refusal stays at its fields. */
import type { ComponentChildren } from 'preact';
import { Dialog } from './dialog.tsx';
import { Buttons, FormError } from './form.tsx';
import { pendingMayHaveChanged } from './pending.tsx';
import type { Form } from './use-form.ts';

export interface FormDialogProps<T> {
  readonly title: string;
  readonly form: Form<T>;
  readonly action?: string;
  readonly save: (values: T) => Promise<unknown>;
  readonly onClose: () => void;
  /** After it was saved. */
  readonly onSaved: () => void;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}

export function FormDialog<T>(props: FormDialogProps<T>) {
  const { title, form, action = 'Save', save, onClose, onSaved, children, wide = false } = props;
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (!(await form.submit(save))) return;
          pendingMayHaveChanged();
          onSaved();
        }}
      >
        {children}
        <FormError text={form.general} />
        <Buttons>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={form.busy}>
            {action}
          </button>
        </Buttons>
      </form>
    </Dialog>
  );
}
